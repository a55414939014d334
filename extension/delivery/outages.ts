import {
  admits,
  afterFailure,
  afterPermanentFailure,
  type Breaker,
  type BreakerPolicy,
  CLOSED,
} from '../../capture/breaker.ts';
import type { Log } from '../log.ts';
import type { Failure } from '../sinks/failure.ts';
import type { Sink } from '../sinks/sink.ts';
import type { Kind } from '../spool/kind.ts';
import type { Spool } from '../spool/spool.ts';

export interface OutageParts {
  spool: Pick<Spool, 'count'>;
  sink: Pick<Sink, 'name'>;
  log: Log;
  /** For how long the destination is left alone: milliseconds on a monotonic clock that goes on while the environment is frozen. */
  ageNow: () => number;
}

/** After three failures in a row the destination is left alone for 5 s, then longer: an outage must not stretch every invocation. */
const BREAKER: BreakerPolicy = { threshold: 3, openMs: 5_000, maxOpenMs: 300_000 };
/** One attempt that hangs costs the whole budget of an invocation, more than three refusals do. So one is enough. */
const HANGING: BreakerPolicy = { ...BREAKER, threshold: 1 };

/** Why the destination refuses a kind. */
interface Denial {
  /** What somebody must do, as the log says it. */
  remedy: string;
  breaker: Breaker;
}

/** What is known of the destination's failures: when it is worth trying again, and which kinds it refuses. */
export class Outages {
  readonly #parts: OutageParts;
  #breaker = CLOSED;
  /** The kinds that the destination refuses. A role may have the right to write records, but not labels, which lie under another prefix. */
  readonly #denials = new Map<Kind, Denial>();

  constructor(parts: OutageParts) {
    this.#parts = parts;
  }

  /** Whether an attempt with this kind is worth it now. */
  isOpenFor(kind: Kind): boolean {
    return admits(this.#breaker, this.#parts.ageNow()) && !this.refuses(kind);
  }

  /** Whether the destination refuses this kind, as far as is known. */
  refuses(kind: Kind): boolean {
    return !admits(this.#denials.get(kind)?.breaker ?? CLOSED, this.#parts.ageNow());
  }

  /** Whether the last attempt failed in a way that may pass. */
  get isFailing(): boolean {
    return this.#breaker !== CLOSED;
  }

  failed(failure: Exclude<Failure, { kind: 'taken' }>, kind: Kind, timedOut: boolean): void {
    const { ageNow, log, sink, spool } = this.#parts;
    if (failure.kind === 'transient') {
      this.#breaker = afterFailure(this.#breaker, timedOut ? HANGING : BREAKER, ageNow());
      return;
    }
    const before = this.#denials.get(kind);
    const breaker = afterPermanentFailure(before?.breaker ?? CLOSED, BREAKER, ageNow());
    this.#denials.set(kind, { remedy: failure.remedy, breaker });
    if (before?.remedy === failure.remedy) return; // logged already; the attempts go on
    const { cause, remedy } = failure;
    const fields = { destination: sink.name, pending: spool.count(kind), cause, remedy };
    if (kind === 'record') {
      log(
        'ERROR',
        'the destination refuses every record, and a retry does not help: see the remedy; the records stay in the spool',
        fields,
      );
    } else {
      log(
        'ERROR',
        'the destination refuses the objects of one kind, and a retry does not help: see the remedy; they stay in the spool',
        { kind, ...fields },
      );
    }
  }

  recovered(kind: Kind): void {
    const { log, sink } = this.#parts;
    if (this.#denials.delete(kind))
      log('INFO', 'the destination takes records again', { destination: sink.name, kind });
    this.#breaker = CLOSED;
  }
}
