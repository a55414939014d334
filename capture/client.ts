import { randomUUID } from 'node:crypto';
import { admits, afterFailure, type BreakerPolicy, CLOSED } from './breaker.ts';
import { createConnection, type Reply } from './connection.ts';
import type { CapturedPayload, Exchange } from './exchange.ts';
import { createLosses } from './losses.ts';
import type { InferenceRecord } from './record.ts';
import { createTurns, type TurnLimits } from './turns.ts';
import {
  DEFAULT_PORT,
  DROP_REASONS,
  MAX_BODY_BYTES,
  type NotCapturedReason,
  SMALL_BODY_BYTES,
  type WireErrorBody,
} from './wire.ts';

export type { BreakerPolicy, CapturedPayload, Exchange, NotCapturedReason };

export interface CaptureClientOptions {
  /** The receiver's port on loopback. @default 2772 */
  port?: number;
  /** The most that one `send` may take, in milliseconds. @default 250 */
  timeoutMs?: number;
  /** When to stop trying a receiver that answers nobody. @default 3 failures in a row, 1 s doubling to 30 s */
  breaker?: BreakerPolicy;
  /** Milliseconds on a monotonic clock. @default performance.now */
  now?: () => number;
}

/**
 * What became of a record. `timeout`: no answer in time; `unreachable`: no connection, one that broke, or something else than the extension answers;
 * `rejected`: the receiver refused it, `code` says why; `too_large`: over the wire's 16 MiB; `invalid`: it has no JSON; `skipped`: the
 * breaker is open, nothing was tried; `queue_full`: more `send`s wait for their turn than there is room for.
 */
export type SendResult =
  | { eventId: string; accepted: true }
  | { eventId: string; accepted: false; reason: NotCapturedReason }
  | { eventId: string; accepted: false; reason: 'rejected'; code: string };
export type LossReason = NotCapturedReason | 'rejected';

export interface CaptureClient {
  /**
   * Hands one record to the extension and waits until it is safe on disk there, at most `timeoutMs`. Any number may be under way: they wait for
   * their turn. What could not be handed over is reported with a later record, so that the stored lines have it.
   * Never throws: capture must not break a function.
   *
   * @param withinMs what the caller has left, where that may be less than `timeoutMs`. @default timeoutMs
   */
  send(exchange: Exchange, withinMs?: number): Promise<SendResult>;
  /** Closes the connections. A function that lives as long as its process need not call it. */
  close(): void;
}

/**
 * Connections of one client: two keep the receiver busy, and the receiver has room for 128 clients, such as worker threads. At most one
 * connection carries a large body, so that small ones do not wait behind it. The records that wait take memory of the function.
 */
const LIMITS: TurnLimits = {
  atOnce: 4,
  largeAtOnce: 1,
  largeBytes: SMALL_BODY_BYTES,
  waiting: 10_000,
  waitingBytes: 32 * 1024 * 1024,
};

/** Room for the losses that a record reports. A record that is too long for that leaves them to the next one. */
const LOSSES_BYTES = 128 * 1024;

/** A client for the extension in the same execution environment: a few kept-alive connections on loopback. */
export function createCaptureClient(options: CaptureClientOptions = {}): CaptureClient {
  const { port = DEFAULT_PORT, timeoutMs = 250, now = () => performance.now() } = options;
  const policy = options.breaker ?? { threshold: 3, openMs: 1000, maxOpenMs: 30_000 };
  const connection = createConnection(port);
  const turns = createTurns(LIMITS);
  const losses = createLosses();
  let breaker = CLOSED;
  let answeredMs = Number.NEGATIVE_INFINITY;
  let failedMs = Number.NEGATIVE_INFINITY;

  function answered(): void {
    breaker = CLOSED;
    answeredMs = now();
  }

  /**
   * Counts a failure of the receiver. Several posts that fail in one moment of silence are one failure. It is no failure where the receiver has
   * answered another post since this one began, or where the caller had less time than the time-out.
   */
  function failed(startedMs: number, cutShort: boolean): void {
    if (cutShort || answeredMs > startedMs || failedMs > startedMs) return;
    failedMs = now();
    breaker = afterFailure(breaker, policy, failedMs);
  }

  async function send(exchange: Exchange, withinMs = timeoutMs): Promise<SendResult> {
    const startedMs = now();
    const mostMs = Math.max(0, Math.min(timeoutMs, withinMs));
    const eventId = exchange.eventId ?? randomUUID();
    const inferenceTime = exchange.inferenceTime ?? new Date().toISOString();
    const notSent = (reason: NotCapturedReason): SendResult => {
      losses.notSent(eventId, reason);
      return { eventId, accepted: false, reason };
    };
    if (!admits(breaker, startedMs)) return notSent('skipped');
    const record = { ...exchange, eventId, inferenceTime };
    const json = encode(record);
    if (json === undefined) return notSent('invalid');
    const bytes = Buffer.byteLength(json);
    if (bytes > MAX_BODY_BYTES) return notSent('too_large');
    const lostBefore = bytes <= MAX_BODY_BYTES - LOSSES_BYTES ? losses.toReport(eventId) : undefined;
    const body = lostBefore === undefined ? json : JSON.stringify({ ...record, lostBefore });

    const turn = await turns.take(bytes, mostMs);
    if (turn === 'queue_full') return notSent(turn);
    const leftMs = mostMs - (now() - startedMs);
    if (turn === 'timeout' || leftMs <= 0) {
      if (turn !== 'timeout') turn.end();
      failed(startedMs, mostMs < timeoutMs);
      return notSent('timeout');
    }
    const outcome = await connection.post(body, leftMs).finally(turn.end);
    const answer = typeof outcome === 'string' ? undefined : answerOf(outcome);
    if (answer === undefined) {
      failed(startedMs, outcome === 'timeout' && mostMs < timeoutMs);
      if (outcome === 'unreachable') return notSent(outcome);
      const reason = outcome === 'timeout' ? outcome : 'unreachable';
      losses.unanswered(eventId, reason);
      return { eventId, accepted: false, reason };
    }
    answered(); // even a refusal costs next to nothing: only silence opens the breaker
    if (answer === 'accepted') {
      losses.accepted(eventId, lostBefore);
      return { eventId, accepted: true };
    }
    if (!isCounted(answer.code)) losses.unanswered(eventId, 'unreachable');
    return { eventId, accepted: false, reason: 'rejected', code: answer.code };
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

/** @returns undefined where it is not the extension that answers */
function answerOf({ status, text }: Reply): 'accepted' | { code: string } | undefined {
  if (status === 202) return 'accepted';
  try {
    const { code } = (JSON.parse(text) as WireErrorBody).error;
    return typeof code === 'string' ? { code } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the receiver counts the records that it refuses so. */
function isCounted(code: string): boolean {
  return (DROP_REASONS as readonly string[]).includes(code);
}
