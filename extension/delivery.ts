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
    const { spool, now, sleep, random = Math.random } = this.#parts;
    let attempt = 0;
    for (let segment = spool.oldestSealed; segment !== undefined; segment = spool.oldestSealed) {
      const leftMs = deadlineMs - now();
      if (leftMs <= 0 || (!lastChance && !this.ready)) return;
      if (await this.#deliverOne(segment, leftMs)) {
        attempt = 0;
        continue;
      }
      // Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
      const backoffMs = random() * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** attempt++);
      await sleep(Math.max(0, Math.min(backoffMs, deadlineMs - now())));
    }
  }

  /** @returns whether the segment is out of the spool */
  async #deliverOne(segment: SealedSegment, leftMs: number): Promise<boolean> {
    const { spool, sink, counters, log, now } = this.#parts;
    try {
      await sink.put(segment.key, await spool.read(segment), AbortSignal.timeout(Math.ceil(leftMs)));
    } catch (error) {
      if (
        (error as NodeJS.ErrnoException).path === segment.file &&
        (error as NodeJS.ErrnoException).code === 'ENOENT'
      ) {
        spool.remove(segment);
        counters.dropped.VANISHED += segment.records;
        log('ERROR', 'a segment was removed from the spool by somebody else', {
          key: segment.key,
          records: segment.records,
        });
        return true;
      }
      this.#breaker = afterFailure(this.#breaker, BREAKER, now());
      log('WARN', 'a delivery failed; its records stay in the spool', {
        destination: sink.name,
        key: segment.key,
        records: segment.records,
        cause: describe(error),
      });
      return false;
    }
    this.#breaker = CLOSED;
    spool.remove(segment);
    counters.delivered += segment.records;
    return true;
  }
}

function describe(error: unknown): string {
  const { name, message, code } = error as NodeJS.ErrnoException;
  return [name, code, message].filter((part) => part).join(': ');
}
