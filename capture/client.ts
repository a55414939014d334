import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { admits, afterFailure, type BreakerPolicy, CLOSED } from './breaker.ts';
import type { InferenceRecord } from './record.ts';
import { DEFAULT_PORT, MAX_BODY_BYTES, RECORDS_PATH, type WireErrorBody } from './wire.ts';

export interface CaptureClientOptions {
  /** The receiver's port on loopback. @default 2772 */
  port?: number;
  /** The most that one `send` may take, in milliseconds. @default 250 */
  timeoutMs?: number;
  /** When to stop trying a receiver that does not answer. @default 3 failures in a row, 1 s doubling to 30 s */
  breaker?: BreakerPolicy;
  /** Milliseconds on a clock that never goes back. @default performance.now */
  now?: () => number;
}

/** A record to send: `eventId` and `inferenceTime` are filled in where absent, with a new UUID and the present. */
export type Exchange = Omit<InferenceRecord, 'eventId' | 'inferenceTime'> &
  Partial<Pick<InferenceRecord, 'eventId' | 'inferenceTime'>>;

/**
 * What became of a record. `timeout`: no answer in time; `unreachable`: no connection, or it broke; `rejected`: the receiver
 * refused it, `code` says why; `too_large`: over the wire's 16 MiB; `invalid`: it has no JSON; `skipped`: the breaker is open,
 * nothing was tried.
 */
export type SendResult =
  | { eventId: string; accepted: true }
  | { eventId: string; accepted: false; reason: Exclude<LossReason, 'rejected'> }
  | { eventId: string; accepted: false; reason: 'rejected'; code: string };
export type LossReason = 'timeout' | 'unreachable' | 'rejected' | 'too_large' | 'invalid' | 'skipped';

export interface CaptureClient {
  /**
   * Hands one record to the extension and waits until it is safe on disk there, at most `timeoutMs`.
   * Never throws: capture must not break a function.
   */
  send(exchange: Exchange): Promise<SendResult>;
  /** Closes the connection. A function that lives as long as its process need not call it. */
  close(): void;
}

/** A client for the extension in the same execution environment: one kept-alive connection on loopback. */
export function createCaptureClient(options: CaptureClientOptions = {}): CaptureClient {
  const { port = DEFAULT_PORT, timeoutMs = 250, now = () => performance.now() } = options;
  const policy = options.breaker ?? { threshold: 3, openMs: 1000, maxOpenMs: 30_000 };
  const agent = new http.Agent({ keepAlive: true, keepAliveMsecs: 60_000 });
  let breaker = CLOSED;

  async function send(exchange: Exchange): Promise<SendResult> {
    const eventId = exchange.eventId ?? randomUUID();
    const inferenceTime = exchange.inferenceTime ?? new Date().toISOString();
    const body = encode({ ...exchange, eventId, inferenceTime });
    if (body === undefined) return { eventId, accepted: false, reason: 'invalid' };
    if (body.length > MAX_BODY_BYTES) return { eventId, accepted: false, reason: 'too_large' };
    if (!admits(breaker, now())) return { eventId, accepted: false, reason: 'skipped' };

    const outcome = await post({ agent, port, body, timeoutMs });
    // An answer, even a refusal, costs next to nothing and is counted by the receiver: only silence opens the breaker.
    breaker = outcome === 'timeout' || outcome === 'unreachable' ? afterFailure(breaker, policy, now()) : CLOSED;
    if (typeof outcome === 'string') return { eventId, accepted: false, reason: outcome };
    if (outcome.status === 202) return { eventId, accepted: true };
    return { eventId, accepted: false, reason: 'rejected', code: errorCode(outcome.text) };
  }

  return { send, close: () => agent.destroy() };
}

type Outcome = { status: number; text: string } | 'timeout' | 'unreachable';

interface Post {
  agent: http.Agent;
  port: number;
  body: Buffer;
  timeoutMs: number;
}

/**
 * One POST within `timeoutMs`. A kept-alive connection may have died while the environment was frozen: a failure on a reused one is
 * tried once more on a new one, which is safe because the receiver knows an `eventId` that it has already taken.
 */
function post({ agent, port, body, timeoutMs }: Post): Promise<Outcome> {
  return new Promise((resolve) => {
    let current: http.ClientRequest;
    let settled = false;
    const settle = (outcome: Outcome) => {
      settled = true;
      clearTimeout(timer);
      resolve(outcome);
    };
    const timer = setTimeout(() => {
      settle('timeout');
      current.destroy();
    }, timeoutMs);

    const attempt = () => {
      const request = http.request({
        agent,
        port,
        host: '127.0.0.1',
        method: 'POST',
        path: RECORDS_PATH,
        headers: { 'content-type': 'application/json', 'content-length': body.length },
      });
      current = request;
      request.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => settle({ status: response.statusCode ?? 0, text }));
        response.on('error', () => settle('unreachable'));
      });
      request.on('error', () => {
        if (request.reusedSocket && !settled) attempt();
        else settle('unreachable');
      });
      request.end(body);
    };
    attempt();
  });
}

function encode(record: InferenceRecord): Buffer | undefined {
  try {
    return Buffer.from(JSON.stringify(record));
  } catch {
    return undefined; // a BigInt or a cycle, in a function that is not type-checked
  }
}

function errorCode(text: string): string {
  try {
    return (JSON.parse(text) as WireErrorBody).error.code ?? 'UNKNOWN';
  } catch {
    return 'UNKNOWN';
  }
}
