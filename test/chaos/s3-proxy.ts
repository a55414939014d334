import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultCounts } from './fault-counts.ts';
import type { PutOutcome } from './plan.ts';

/** Faults of the environment that sends the object. @returns whether a process was there to be struck */
export interface EnvironmentFaults {
  killExtension(): boolean;
  freeze(forMs: number): boolean;
}

export interface S3Proxy extends AsyncDisposable {
  url: string;
  /** From here on every PUT is stored. */
  recover(): void;
}

/** Milliseconds that a slow answer takes, and that a freeze lasts. */
const SLOW_MS = 80;

/** Starts a proxy between one environment and an S3 server. Each PUT has its planned outcome; all other requests are forwarded. */
export async function startS3Proxy(
  s3: string,
  outcomes: readonly PutOutcome[] | 'outage',
  environment: EnvironmentFaults,
  faultCounts: FaultCounts,
  note: (text: string) => void,
): Promise<S3Proxy> {
  let puts = 0;
  let healthy = false;
  const server = http.createServer((request, response) => {
    request.on('error', () => {});
    response.on('error', () => {});
    const outcome =
      healthy || request.method !== 'PUT'
        ? 'stored'
        : outcomes === 'outage'
          ? 'answered 503'
          : (outcomes[puts++] ?? 'stored');
    note(`PUT ${request.url?.slice(-30)}: ${outcome}`);
    answer(outcome, request, response).catch((error: Error) => {
      note(`S3 proxy: ${error.message}`);
      response.destroy();
    });
  });

  async function answer(
    outcome: PutOutcome,
    request: http.IncomingMessage,
    response: http.ServerResponse,
  ): Promise<void> {
    if (outcome === 'reset before it is read') {
      faultCounts.count('S3 resets the connection');
      request.socket.resetAndDestroy();
      return;
    }
    const body = await whole(request);
    if (body === undefined) return; // the sender is gone
    switch (outcome) {
      case 'stored':
        return forward(request, body, response);
      case 'slow':
        faultCounts.count('S3 is slow');
        await sleep(SLOW_MS);
        return forward(request, body, response);
      case 'hangs':
        faultCounts.count('S3 hangs');
        return;
      case 'reset in the middle':
        faultCounts.count('S3 resets the connection');
        request.socket.resetAndDestroy();
        return;
      case 'answered 500':
      case 'answered 503':
        faultCounts.count(outcome === 'answered 500' ? 'S3 answers 500' : 'S3 answers 503');
        response.writeHead(outcome === 'answered 500' ? 500 : 503, { 'content-type': 'application/xml' });
        response.end(outcome === 'answered 500' ? error('InternalError') : error('SlowDown'));
        return;
      case 'stored, answer lost':
        if (await store(request, body)) faultCounts.count('S3 stores and loses the answer');
        request.socket.resetAndDestroy();
        return;
      case 'stored, answer hangs':
        if (await store(request, body)) faultCounts.count('S3 hangs');
        return;
      case 'extension killed before it is stored':
        if (!healthy && environment.killExtension()) faultCounts.count('extension killed in an upload');
        response.destroy();
        return;
      case 'extension killed when it is stored':
        // The recovery may have begun in the meantime. Its extension must not be killed.
        if ((await store(request, body)) && !healthy && environment.killExtension())
          faultCounts.count('extension killed when S3 had stored');
        response.destroy();
        return;
      case 'frozen in the middle':
        if (environment.freeze(SLOW_MS)) faultCounts.count('frozen in an upload');
        request.socket.resetAndDestroy();
    }
  }

  /** @returns whether S3 stored the object of this request */
  function store(request: http.IncomingMessage, body: Buffer): Promise<boolean> {
    return send(request, body).then(({ status }) => status === 200);
  }

  async function forward(request: http.IncomingMessage, body: Buffer, response: http.ServerResponse): Promise<void> {
    const { status, headers, body: text } = await send(request, body);
    note(`S3 answers ${status}`);
    response.writeHead(status, headers).end(text);
  }

  function send(request: http.IncomingMessage, body: Buffer) {
    return new Promise<{ status: number; headers: http.IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
      const { connection: _, expect: __, ...headers } = request.headers;
      const onward = http.request(s3 + request.url, { method: request.method, headers, agent: false }, (response) => {
        whole(response).then((text) => {
          if (text === undefined) reject(new Error('Expected a whole answer from S3, got a part'));
          else resolve({ status: response.statusCode ?? 500, headers: response.headers, body: text });
        });
      });
      onward.on('error', reject);
      onward.end(body);
    });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    recover() {
      healthy = true;
      server.closeAllConnections();
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The whole body, or undefined where it breaks off. */
async function whole(message: http.IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of message) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch {
    return undefined;
  }
}

function error(code: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
}
