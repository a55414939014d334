import { admits, afterFailure, afterPermanentFailure, type BreakerPolicy, CLOSED } from '../capture/breaker.ts';
import type { Counters } from './counters.ts';
import type { Log } from './log.ts';
import { type Failure, failureOf } from './sinks/failure.ts';
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

/** How a delivery goes about it. */
export interface DeliveryManner {
  /** Try on until the deadline, even if the destination fails time and again. @default false */
  lastChance?: boolean;
  /** Segments on their way at once. @default 1 */
  lanes?: number;
  /** Ends it before its deadline. */
  signal?: AbortSignal;
}

/** After three failures in a row the destination is left alone for 5 s, then longer: an outage must not stretch every invocation. */
const BREAKER: BreakerPolicy = { threshold: 3, openMs: 5_000, maxOpenMs: 300_000 };
/** One that hangs costs the whole budget of an invocation, three that refuse cost less: so one is enough. */
const HANGING: BreakerPolicy = { ...BREAKER, threshold: 1 };
const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 1_000;
/** Most bytes of segments in memory at once, unless a single one is larger. */
const MAX_BYTES_IN_FLIGHT = 16 * 1024 * 1024;

/** Sends sealed segments to the sink, oldest first. What it cannot send stays in the spool. */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #inFlight = new Set<SealedSegment>();
  #breaker = CLOSED;
  #deniedFor: string | undefined;

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
   */
  async deliver(deadlineMs: number, { lastChance = false, lanes = 1, signal }: DeliveryManner = {}): Promise<void> {
    const { spool, sink, log } = this.#parts;
    const run: Run = { deadlineMs, lastChance, signal, failures: 0, given: false, last: undefined };
    await Promise.all(Array.from({ length: lanes }, () => this.#lane(run)));
    if (run.last?.kind !== 'transient') return;
    const { pending } = spool;
    const outcome = pending === 0 ? 'all records are delivered' : 'the records stay in the spool';
    const { cause } = run.last;
    log('WARN', `attempts to deliver failed; ${outcome}`, {
      destination: sink.name,
      failures: run.failures,
      pending,
      cause,
    });
  }

  async #lane(run: Run): Promise<void> {
    const { now, sleep, random = Math.random } = this.#parts;
    for (;;) {
      const leftMs = run.deadlineMs - now();
      if (leftMs <= 0 || run.given || run.signal?.aborted || (!run.lastChance && !this.ready)) return;
      const segment = this.#take();
      if (segment === undefined) return;
      try {
        await this.#deliverOne(segment, leftMs, run.signal);
        this.#recovered();
      } catch (error) {
        if (run.signal?.aborted) return;
        run.failures += 1;
        run.last = failureOf(error);
        this.#failed(run.last, now() >= run.deadlineMs);
        if (run.last.kind === 'permanent') run.given = true;
      } finally {
        this.#inFlight.delete(segment);
      }
      // Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
      if (this.#breaker !== CLOSED && !run.given) {
        const ceilingMs = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (run.failures - 1));
        await sleep(Math.max(0, Math.min(random() * ceilingMs, run.deadlineMs - now())));
      }
    }
  }

  /** The oldest segment that is not on its way, if there is room for it in memory. */
  #take(): SealedSegment | undefined {
    const segment = this.#parts.spool.sealed.find((one) => !this.#inFlight.has(one));
    if (segment === undefined) return undefined;
    const bytes = [...this.#inFlight].reduce((sum, one) => sum + one.bytes, segment.bytes);
    if (this.#inFlight.size > 0 && bytes > MAX_BYTES_IN_FLIGHT) return undefined;
    this.#inFlight.add(segment);
    return segment;
  }

  /** @throws when the destination fails; the segment is then still in the spool */
  async #deliverOne(segment: SealedSegment, leftMs: number, signal?: AbortSignal): Promise<void> {
    const { spool, sink, counters, log } = this.#parts;
    let body: Buffer;
    try {
      body = await spool.read(segment);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      spool.remove(segment);
      counters.lose('VANISHED', segment.records);
      log('ERROR', 'a segment was removed from the spool by somebody else', {
        key: segment.key,
        records: segment.records,
      });
      return;
    }
    const timeout = AbortSignal.timeout(Math.ceil(leftMs));
    await sink.put(segment.key, body, signal ? AbortSignal.any([signal, timeout]) : timeout);
    spool.remove(segment);
    counters.delivered += segment.records;
  }

  #failed(failure: Failure, timedOut: boolean): void {
    const { now, log, sink, spool } = this.#parts;
    if (failure.kind === 'transient') {
      this.#breaker = afterFailure(this.#breaker, timedOut ? HANGING : BREAKER, now());
      return;
    }
    this.#breaker = afterPermanentFailure(this.#breaker, BREAKER, now());
    if (this.#deniedFor === failure.remedy) return; // said already; the probes go on
    this.#deniedFor = failure.remedy;
    log('ERROR', 'the destination refuses every record until somebody acts; they stay in the spool', {
      destination: sink.name,
      pending: spool.pending,
      cause: failure.cause,
      remedy: failure.remedy,
    });
  }

  #recovered(): void {
    if (this.#deniedFor !== undefined) {
      this.#parts.log('INFO', 'the destination takes records again', { destination: this.#parts.sink.name });
    }
    this.#deniedFor = undefined;
    this.#breaker = CLOSED;
  }
}

/** One call of `deliver`, which its lanes share. */
interface Run {
  deadlineMs: number;
  lastChance: boolean;
  signal: AbortSignal | undefined;
  failures: number;
  /** No further attempt is worth it. */
  given: boolean;
  last: Failure | undefined;
}
