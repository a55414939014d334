import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Exchange, type S3Answer, type S3Request, startS3Front, whole } from '../../harness/s3-front.ts';
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
  const front = await startS3Front(
    (request) => send(s3, request),
    async (exchange) => {
      const fate = fateOf(exchange);
      note(`PUT ${exchange.request.url?.slice(-30)}: ${fate}`);
      try {
        await meet(fate, exchange);
      } catch (error) {
        note(`S3 proxy: ${(error as Error).message}`);
        throw error;
      }
    },
  );

  function fateOf({ request }: Exchange): PutFate {
    if (healthy || request.method !== 'PUT') return 'stored';
    return fates === 'outage' ? 'answered 503' : (fates[puts++] ?? 'stored');
  }

  async function meet(fate: PutFate, exchange: Exchange): Promise<void> {
    if (fate === 'reset before it is read') {
      strikes.struck('S3 resets the connection');
      return exchange.breakConnection();
    }
    if (!(await exchange.read())) return; // the sender is gone
    switch (fate) {
      case 'stored':
        return forward(exchange);
      case 'slow':
        strikes.struck('S3 is slow');
        await sleep(SLOW_MS);
        return forward(exchange);
      case 'hangs':
        strikes.struck('S3 hangs');
        return;
      case 'reset in the middle':
        strikes.struck('S3 resets the connection');
        return exchange.breakConnection();
      case 'answered 500':
        strikes.struck('S3 answers 500');
        return exchange.refuse({ status: 500, code: 'InternalError' });
      case 'answered 503':
        strikes.struck('S3 answers 503');
        return exchange.refuse({ status: 503, code: 'SlowDown' });
      case 'stored, answer lost':
        if (await stores(exchange)) strikes.struck('S3 stores and loses the answer');
        return exchange.breakConnection();
      case 'stored, answer hangs':
        if (await stores(exchange)) strikes.struck('S3 hangs');
        return;
      case 'extension killed before it is stored':
        if (!healthy && environs.killExtension()) strikes.struck('extension killed in an upload');
        return exchange.breakConnection();
      case 'extension killed when it is stored':
        // Meanwhile the recovery may have begun, whose process is to be left alone.
        if ((await stores(exchange)) && !healthy && environs.killExtension())
          strikes.struck('extension killed when S3 had stored');
        return exchange.breakConnection();
      case 'frozen in the middle':
        if (environs.freeze(SLOW_MS)) strikes.struck('frozen in an upload');
        return exchange.breakConnection();
    }
  }

  async function forward(exchange: Exchange): Promise<void> {
    const answer = await exchange.pass();
    note(`S3 answers ${answer.status}`);
    exchange.answer(answer);
  }

  return {
    url: front.url,
    recover() {
      healthy = true;
      front.disconnect();
    },
    [Symbol.asyncDispose]: () => front[Symbol.asyncDispose](),
  };
}

/** @returns whether S3 has the object now, from this request */
async function stores(exchange: Exchange): Promise<boolean> {
  return (await exchange.pass()).status === 200;
}

function send(s3: string, { method, path, headers, body }: S3Request): Promise<S3Answer> {
  return new Promise((resolve, reject) => {
    const onward = http.request(s3 + path, { method, headers, agent: false }, async (answer) => {
      const text = await whole(answer);
      if (text === undefined) reject(new Error('S3 went away'));
      else resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: text });
    });
    onward.on('error', reject);
    onward.end(body);
  });
}
