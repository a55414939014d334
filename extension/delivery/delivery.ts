import type { Tallies } from '../accounting/tallies.ts';
import type { Log } from '../log.ts';
import { type Failure, failureOf } from '../sinks/failure.ts';
import type { Sink } from '../sinks/sink.ts';
import type { Kind } from '../spool/kind.ts';
import type { SealedSegment } from '../spool/segment.ts';
import type { Spool } from '../spool/spool.ts';
import { Outages } from './outages.ts';

export interface DeliveryParts {
  spool: Spool;
  sink: Sink;
  /** Called with each object that the sink took. */
  onDelivered: (object: DeliveredObject) => void;
  tallies: Tallies;
  log: Log;
  /** For deadlines: milliseconds on a monotonic clock. */
  now: () => number;
  /** For how long the destination is left alone: the same, and it goes on while the environment is frozen. */
  ageNow: () => number;
  /** Waits so many milliseconds. */
  sleep: (ms: number) => Promise<unknown>;
  /** From 0 to 1. @default Math.random */
  random?: () => number;
}

/** An object, and how long the sink took for it in the attempt that succeeded. */
export interface DeliveredObject {
  bytes: number;
  ms: number;
}

/** How a delivery is done. */
export interface DeliveryOptions {
  /** Try on until the deadline, even if the destination fails time and again. @default false */
  lastChance?: boolean;
  /** Segments on their way at once. @default 1 */
  lanes?: number;
  /** Ends the delivery before its deadline. */
  signal?: AbortSignal;
}

const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 1_000;
/** Most bytes of segments in memory at once, unless a single one is larger. */
const MAX_BYTES_IN_FLIGHT = 16 * 1024 * 1024;

/** Sends sealed segments to the sink, the oldest first. Segments that it cannot send stay in the spool. */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #inFlight = new Set<SealedSegment>();
  /** Segments that could not be read the last time. */
  readonly #unreadable = new Set<SealedSegment>();
  readonly #outages: Outages;
  #completedMs: number | undefined;
  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    this.#outages = new Outages(parts);
  }

  /** Whether the destination is worth trying now. */
  get ready(): boolean {
    return this.#outages.isOpenFor('record');
  }

  /** Whether the destination does not refuse this kind, as far as is known. */
  takes(kind: Kind): boolean {
    return !this.#outages.refuses(kind);
  }

  /** When a delivery last left no sealed segment behind that it could read and that is not refused, on the clock of `ageNow`. Undefined until one does. */
  get completedMs(): number | undefined {
    return this.#completedMs;
  }

  /**
   * Delivers until nothing is left, time is up, or the destination fails too often.
   *
   * @param deadlineMs on the clock of `now`
   */
  async deliver(deadlineMs: number, { lastChance = false, lanes = 1, signal }: DeliveryOptions = {}): Promise<void> {
    const { spool, sink, log, ageNow } = this.#parts;
    const run: Run = {
      deadlineMs,
      lastChance,
      signal,
      unread: new Set(),
      failures: 0,
      abandoned: new Set(),
      last: undefined,
    };
    await Promise.all(Array.from({ length: lanes }, () => this.#lane(run)));
    const isLeft = (segment: SealedSegment) => !run.unread.has(segment) && (this.takes(segment.kind) || !this.ready);
    if (!spool.sealed.some(isLeft)) this.#completedMs = ageNow();
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
      if (leftMs <= 0 || run.signal?.aborted || (!run.lastChance && !this.ready)) return;
      const segment = this.#take(run);
      if (segment === undefined) return;
      try {
        const body = await this.#read(segment, run);
        if (body === undefined) continue;
        await this.#send(segment, body, run);
        this.#outages.recovered(segment.kind);
      } catch (error) {
        if (run.signal?.aborted) return;
        const failure = failureOf(error);
        if (failure.kind === 'taken') {
          this.#rekey(segment, failure.cause);
          continue;
        }
        run.failures += 1;
        run.last = failure;
        this.#outages.failed(failure, segment.kind, now() >= run.deadlineMs);
        if (failure.kind === 'permanent') run.abandoned.add(segment.kind);
      } finally {
        this.#inFlight.delete(segment);
      }
      // Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
      if (this.#outages.isFailing) {
        const ceilingMs = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (run.failures - 1));
        await sleep(Math.max(0, Math.min(random() * ceilingMs, run.deadlineMs - now())));
      }
    }
  }

  /** The oldest segment that no lane is sending, if there is room for it in memory. */
  #take({ unread, abandoned, lastChance }: Run): SealedSegment | undefined {
    const isWorthIt = (one: SealedSegment) =>
      !this.#inFlight.has(one) && !unread.has(one) && !abandoned.has(one.kind) && (lastChance || this.takes(one.kind));
    const segment = this.#parts.spool.sealed.find(isWorthIt);
    if (segment === undefined) return undefined;
    const bytes = [...this.#inFlight].reduce((sum, one) => sum + one.bytes, segment.bytes);
    if (this.#inFlight.size > 0 && bytes > MAX_BYTES_IN_FLIGHT) return undefined;
    this.#inFlight.add(segment);
    return segment;
  }

  /** The bytes of a segment. Undefined where nothing is left of it, or where the disk refuses, which is no fault of the destination. */
  async #read(segment: SealedSegment, { unread }: Run): Promise<Buffer | undefined> {
    const { spool, log } = this.#parts;
    try {
      const body = await spool.read(segment);
      this.#unreadable.delete(segment);
      return body;
    } catch (error) {
      unread.add(segment);
      if (this.#unreadable.size === 0) {
        log('ERROR', 'a segment of the spool cannot be read; it stays in the spool', {
          key: segment.key,
          records: segment.records,
          cause: String(error),
        });
      }
      this.#unreadable.add(segment);
      return undefined;
    }
  }

  /** @throws when the destination fails; the segment is then still in the spool */
  async #send(segment: SealedSegment, body: Buffer, { deadlineMs, signal }: Run): Promise<void> {
    const { spool, sink, tallies, onDelivered, log, now } = this.#parts;
    const begunMs = now();
    const timeout = AbortSignal.timeout(Math.max(0, Math.ceil(deadlineMs - begunMs)));
    await sink.put(segment.key, body, signal ? AbortSignal.any([signal, timeout]) : timeout);
    spool.remove(segment);
    tallies[segment.kind].delivered += segment.records;
    const object = { bytes: body.length, ms: now() - begunMs };
    onDelivered(object);
    log('DEBUG', 'an object is delivered', { key: segment.key, records: segment.records, ...object });
  }

  #rekey(segment: SealedSegment, cause: string): void {
    const { spool, log, sink } = this.#parts;
    const { key } = segment;
    spool.rekey(segment);
    log('WARN', 'another object has the key of a segment; it is delivered under a new one', {
      destination: sink.name,
      key,
      newKey: segment.key,
      cause,
    });
  }
}

/** One call of `deliver`, which its lanes share. */
interface Run {
  deadlineMs: number;
  lastChance: boolean;
  signal: AbortSignal | undefined;
  /** Segments that could not be read: one attempt in a run is enough. */
  unread: Set<SealedSegment>;
  failures: number;
  /** Kinds of which no further attempt is worth it. */
  abandoned: Set<Kind>;
  last: Failure | undefined;
}
