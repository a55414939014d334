import { randomUUID } from 'node:crypto';
import { admits, afterFailure, type BreakerPolicy, CLOSED } from './breaker.ts';
import { createConnection } from './connection.ts';
import type { InferenceRecord } from './record.ts';
import { DEFAULT_PORT, MAX_BODY_BYTES, type WireErrorBody } from './wire.ts';

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
   *
   * @param withinMs what the caller has left, where that may be less than `timeoutMs`. @default timeoutMs
   */
  send(exchange: Exchange, withinMs?: number): Promise<SendResult>;
  /** Closes the connection. A function that lives as long as its process need not call it. */
  close(): void;
}

/** A client for the extension in the same execution environment: one kept-alive connection on loopback. */
export function createCaptureClient(options: CaptureClientOptions = {}): CaptureClient {
  const { port = DEFAULT_PORT, timeoutMs = 250, now = () => performance.now() } = options;
  const policy = options.breaker ?? { threshold: 3, openMs: 1000, maxOpenMs: 30_000 };
  const connection = createConnection(port);
  let breaker = CLOSED;

  async function send(exchange: Exchange, withinMs = timeoutMs): Promise<SendResult> {
    const eventId = exchange.eventId ?? randomUUID();
    const inferenceTime = exchange.inferenceTime ?? new Date().toISOString();
    const json = encode({ ...exchange, eventId, inferenceTime });
    if (json === undefined) return { eventId, accepted: false, reason: 'invalid' };
    if (Buffer.byteLength(json) > MAX_BODY_BYTES) return { eventId, accepted: false, reason: 'too_large' };
    if (!admits(breaker, now())) return { eventId, accepted: false, reason: 'skipped' };

    const outcome = await connection.post(json, Math.min(timeoutMs, withinMs));
    // An answer, even a refusal, costs next to nothing and is counted by the receiver: only silence opens the breaker.
    // One that was cut short says nothing about the receiver.
    const cutShort = outcome === 'timeout' && withinMs < timeoutMs;
    const failed = outcome === 'timeout' || outcome === 'unreachable';
    if (!cutShort) breaker = failed ? afterFailure(breaker, policy, now()) : CLOSED;
    if (typeof outcome === 'string') return { eventId, accepted: false, reason: outcome };
    if (outcome.status === 202) return { eventId, accepted: true };
    return { eventId, accepted: false, reason: 'rejected', code: errorCode(outcome.text) };
  }

  return { send, close: () => connection.close() };
}

function encode(record: InferenceRecord): string | undefined {
  try {
    return JSON.stringify(record);
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
