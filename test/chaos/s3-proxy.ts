import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PutFate } from './plan.ts';
import type { Strikes } from './strikes.ts';

/** What a fate may do to the environment that sends the object. @returns whether there was a process to do it to */
export interface Environs {
  killExtension(): boolean;
  freeze(forMs: number): boolean;
}

export interface S3Proxy extends AsyncDisposable {
  url: string;
  /** From here on everything is stored. */
  recover(): void;
}

/** A slow answer comes after so many milliseconds; a freeze lasts as long. */
const SLOW_MS = 80;

/** Stands before an S3 server, for one environment, and lets each PUT meet its fate; all else goes through. */
export async function startS3Proxy(
  s3: string,
  fates: readonly PutFate[] | 'outage',
  environs: Environs,
  strikes: Strikes,
  note: (text: string) => void,
): Promise<S3Proxy> {
  let puts = 0;
  let healthy = false;
  const server = http.createServer((request, response) => {
    request.on('error', () => {});
    response.on('error', () => {});
    const fate =
      healthy || request.method !== 'PUT'
        ? 'stored'
        : fates === 'outage'
          ? 'answered 503'
          : (fates[puts++] ?? 'stored');
    note(`PUT ${request.url?.slice(-30)}: ${fate}`);
    meet(fate, request, response).catch((error: Error) => {
      note(`S3 proxy: ${error.message}`);
      response.destroy();
    });
  });

  async function meet(fate: PutFate, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    if (fate === 'reset before it is read') {
      strikes.struck('S3 resets the connection');
      request.socket.resetAndDestroy();
      return;
    }
    const body = await whole(request);
    if (body === undefined) return; // the sender is gone
    switch (fate) {
      case 'stored':
        return forward(request, body, response);
      case 'slow':
        strikes.struck('S3 is slow');
        await sleep(SLOW_MS);
        return forward(request, body, response);
      case 'hangs':
        strikes.struck('S3 hangs');
        return;
      case 'reset in the middle':
        strikes.struck('S3 resets the connection');
        request.socket.resetAndDestroy();
        return;
      case 'answered 500':
      case 'answered 503':
        strikes.struck(fate === 'answered 500' ? 'S3 answers 500' : 'S3 answers 503');
        response.writeHead(fate === 'answered 500' ? 500 : 503, { 'content-type': 'application/xml' });
        response.end(fate === 'answered 500' ? error('InternalError') : error('SlowDown'));
        return;
      case 'stored, answer lost':
        if (await store(request, body)) strikes.struck('S3 stores and loses the answer');
        request.socket.resetAndDestroy();
        return;
      case 'stored, answer hangs':
        if (await store(request, body)) strikes.struck('S3 hangs');
        return;
      case 'extension killed before it is stored':
        if (!healthy && environs.killExtension()) strikes.struck('extension killed in an upload');
        response.destroy();
        return;
      case 'extension killed when it is stored':
        // Meanwhile the recovery may have begun, whose process is to be left alone.
        if ((await store(request, body)) && !healthy && environs.killExtension())
          strikes.struck('extension killed when S3 had stored');
        response.destroy();
        return;
      case 'frozen in the middle':
        if (environs.freeze(SLOW_MS)) strikes.struck('frozen in an upload');
        request.socket.resetAndDestroy();
    }
  }

  /** @returns whether S3 has the object now, from this request */
  function store(request: http.IncomingMessage, body: Buffer): Promise<boolean> {
    return send(request, body).then(({ status }) => status === 200);
  }

  async function forward(request: http.IncomingMessage, body: Buffer, response: http.ServerResponse): Promise<void> {
    const answer = await send(request, body);
    note(`S3 answers ${answer.status}`);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  function send(request: http.IncomingMessage, body: Buffer) {
    return new Promise<{ status: number; headers: http.IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
      const { connection: _, expect: __, ...headers } = request.headers;
      const onward = http.request(s3 + request.url, { method: request.method, headers, agent: false }, (answer) => {
        whole(answer).then((text) => {
          if (text === undefined) reject(new Error('S3 went away'));
          else resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: text });
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

/** A whole body, or undefined where it breaks off. */
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
