import { admits, afterFailure, type BreakerPolicy, CLOSED } from '../capture/breaker.ts';
import type { Counters } from './counters.ts';
import type { Log } from './log.ts';
import type { Sink } from './sinks/sink.ts';
import type { SealedSegment } from './spool/segment.ts';
import type { Spool } from './spool/spool.ts';

export interface DeliveryParts {
  spool: Spool;
  sink: Sink;
  counters: Counters;
  log: Log;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Waits so many milliseconds. */
  sleep: (ms: number) => Promise<unknown>;
  /** From 0 to 1. @default Math.random */
  random?: () => number;
}

/** After three failures in a row the destination is left alone for 5 s, then longer: an outage must not stretch every invocation. */
const BREAKER: BreakerPolicy = { threshold: 3, openMs: 5_000, maxOpenMs: 300_000 };
const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 1_000;

/** Sends sealed segments to the sink, oldest first, one at a time. What it cannot send stays in the spool. */
export class Delivery {
  readonly #parts: DeliveryParts;
  #breaker = CLOSED;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  /** Whether the destination is worth trying now. */
  get ready(): boolean {
    return admits(this.#breaker, this.#parts.now());
  }

  /**
   * Delivers until nothing is left, time is up, or the destination fails too often.
   *
   * @param deadlineMs milliseconds since the epoch
   * @param lastChance try on until the deadline, however often the destination fails
   */
  async deliver(deadlineMs: number, lastChance = false): Promise<void> {
    const { spool, sink, log, now, sleep, random = Math.random } = this.#parts;
    let failures = 0;
    let failure: unknown;
    for (let segment = spool.oldestSealed; segment !== undefined; segment = spool.oldestSealed) {
      const leftMs = deadlineMs - now();
      if (leftMs <= 0 || (!lastChance && !this.ready)) break;
      try {
        await this.#deliverOne(segment, leftMs);
        this.#breaker = CLOSED;
      } catch (error) {
        failure = error;
        failures += 1;
        this.#breaker = afterFailure(this.#breaker, BREAKER, now());
        // Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
        const backoffMs = random() * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1));
        await sleep(Math.max(0, Math.min(backoffMs, deadlineMs - now())));
      }
    }
    if (failures > 0) {
      const { pending } = spool;
      const outcome = pending === 0 ? 'all records are delivered' : 'the records stay in the spool';
      log('WARN', `attempts to deliver failed; ${outcome}`, {
        destination: sink.name,
        failures,
        pending,
        cause: describe(failure),
      });
    }
  }

  /** @throws when the destination fails; the segment is then still in the spool */
  async #deliverOne(segment: SealedSegment, leftMs: number): Promise<void> {
    const { spool, sink, counters, log } = this.#parts;
    let body: Buffer;
    try {
      body = await spool.read(segment);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      spool.remove(segment);
      counters.dropped.VANISHED += segment.records;
      log('ERROR', 'a segment was removed from the spool by somebody else', {
        key: segment.key,
        records: segment.records,
      });
      return;
    }
    await sink.put(segment.key, body, AbortSignal.timeout(Math.ceil(leftMs)));
    spool.remove(segment);
    counters.delivered += segment.records;
  }
}

function describe(error: unknown): string {
  const { name, message, code } = error as NodeJS.ErrnoException;
  return [name, code, message].filter((part) => part).join(': ');
}
