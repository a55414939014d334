import http from 'node:http';
import type { Socket } from 'node:net';
import { listenOnLoopback } from './loopback.ts';

/** A request that came whole. */
export interface S3Request {
  method: string;
  /** With the query. */
  path: string;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

export interface S3Answer {
  status: number;
  headers: http.OutgoingHttpHeaders;
  body: Buffer;
}

/** An error answer of S3. With `date`, S3's clock shows that. */
export interface S3Refusal {
  status: number;
  /** Such as `SlowDown`. */
  code: string;
  date?: Date;
}

/** Stands before an S3 and decides what becomes of each request. */
export interface S3Front extends AsyncDisposable {
  /** The value of AWS_ENDPOINT_URL_S3. */
  url: string;
  /** The connections that were made so far. */
  sockets: ReadonlySet<Socket>;
  /** Ends all connections, whatever they wait for. */
  disconnect(): void;
}

/**
 * Starts a server before an S3. The faults that it can have are the methods of {@link Exchange}.
 *
 * @param s3 answers a request as it should be answered
 * @param handle called with each request; the connection breaks where it throws
 */
export async function startS3Front(
  s3: (request: S3Request) => Promise<S3Answer>,
  handle: (exchange: Exchange) => Promise<void>,
): Promise<S3Front> {
  const server = http.createServer((request, response) => {
    request.on('error', () => {});
    response.on('error', () => {});
    handle(new Exchange(s3, request, response)).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 0;
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  const listening = await listenOnLoopback(server);
  return {
    url: `http://${listening.address}`,
    sockets,
    disconnect: () => server.closeAllConnections(),
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  };
}

/** One request to S3. A request of which no method is called hangs. */
export class Exchange {
  readonly request: http.IncomingMessage;
  readonly #s3: (request: S3Request) => Promise<S3Answer>;
  readonly #response: http.ServerResponse;
  #body: Buffer = Buffer.alloc(0);

  constructor(
    s3: (request: S3Request) => Promise<S3Answer>,
    request: http.IncomingMessage,
    response: http.ServerResponse,
  ) {
    this.#s3 = s3;
    this.request = request;
    this.#response = response;
  }

  /** Reads the request to its end. @returns whether there was one: the sender may be gone */
  async read(): Promise<boolean> {
    const body = await whole(this.request);
    this.#body = body ?? this.#body;
    return body !== undefined;
  }

  /** Lets S3 do what the request, which has been read, asks for. The sender gets no answer by this. */
  pass(): Promise<S3Answer> {
    const { method, url, headers } = this.request;
    // Of the connection, not of the request.
    const { connection: _, expect: __, 'transfer-encoding': ___, ...kept } = headers;
    return this.#s3({ method: method!, path: url!, headers: kept, body: this.#body });
  }

  answer({ status, headers, body }: S3Answer): void {
    this.#response.writeHead(status, headers).end(body);
  }

  refuse({ status, code, date }: S3Refusal): void {
    const xml = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
    const headers = { 'content-type': 'application/xml', ...(date && { date: date.toUTCString() }) };
    this.answer({ status, headers, body: Buffer.from(xml) });
  }

  breakConnection(): void {
    this.request.socket.resetAndDestroy();
  }
}

/** A whole body, or undefined where it breaks off. */
export async function whole(message: http.IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of message) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch {
    return undefined;
  }
}
