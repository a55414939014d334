import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Exchange, type S3Answer, type S3Request, startS3Front, whole } from '../../harness/s3-front.ts';
import type { FaultCounts } from './fault-counts.ts';
import type { PutOutcome } from './plan.ts';
import type { PolicyInS3 } from './policy-in-s3.ts';

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

/**
 * Starts a proxy between one environment and an S3 server. Each PUT has its planned outcome; all other requests are forwarded.
 *
 * @param policy answers each GET in the place of the server: the extension gets nothing but its policy
 */
export async function startS3Proxy(
  s3: string,
  outcomes: readonly PutOutcome[] | 'outage',
  environment: EnvironmentFaults,
  faultCounts: FaultCounts,
  note: (text: string) => void,
  policy?: PolicyInS3,
): Promise<S3Proxy> {
  let puts = 0;
  let healthy = false;
  const front = await startS3Front(
    (request) => send(s3, request),
    async (exchange) => {
      if (policy !== undefined && exchange.request.method === 'GET') return policy.meet(exchange, healthy);
      const outcome = outcomeOf(exchange);
      note(`PUT ${exchange.request.url?.slice(-30)}: ${outcome}`);
      try {
        await meet(outcome, exchange);
      } catch (error) {
        note(`S3 proxy: ${(error as Error).message}`);
        throw error;
      }
    },
  );

  function outcomeOf({ request }: Exchange): PutOutcome {
    if (healthy || request.method !== 'PUT') return 'stored';
    return outcomes === 'outage' ? 'answered 503' : (outcomes[puts++] ?? 'stored');
  }

  async function meet(outcome: PutOutcome, exchange: Exchange): Promise<void> {
    if (outcome === 'reset before it is read') {
      faultCounts.count('S3 resets the connection');
      return exchange.breakConnection();
    }
    if (!(await exchange.read())) return; // the sender is gone
    switch (outcome) {
      case 'stored':
        return forward(exchange);
      case 'slow':
        faultCounts.count('S3 is slow');
        await sleep(SLOW_MS);
        return forward(exchange);
      case 'hangs':
        faultCounts.count('S3 hangs');
        return;
      case 'reset in the middle':
        faultCounts.count('S3 resets the connection');
        return exchange.breakConnection();
      case 'answered 500':
        faultCounts.count('S3 answers 500');
        return exchange.refuse({ status: 500, code: 'InternalError' });
      case 'answered 503':
        faultCounts.count('S3 answers 503');
        return exchange.refuse({ status: 503, code: 'SlowDown' });
      case 'stored, answer lost':
        if (await stores(exchange)) faultCounts.count('S3 stores and loses the answer');
        return exchange.breakConnection();
      case 'stored, answer hangs':
        if (await stores(exchange)) faultCounts.count('S3 hangs');
        return;
      case 'extension killed before it is stored':
        if (!healthy && environment.killExtension()) faultCounts.count('extension killed in an upload');
        return exchange.breakConnection();
      case 'extension killed when it is stored':
        // The recovery may have begun in the meantime. Its extension must not be killed.
        if ((await stores(exchange)) && !healthy && environment.killExtension())
          faultCounts.count('extension killed when S3 had stored');
        return exchange.breakConnection();
      case 'frozen in the middle':
        if (environment.freeze(SLOW_MS)) faultCounts.count('frozen in an upload');
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
