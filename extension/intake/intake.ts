import { InferenceRecord } from '../../capture/record.ts';
import { type KeptRecord, type Origin, storedLine, storedPayloads, withObject } from '../../capture/stored-line.ts';
import type { DropReason, NotCapturedReason } from '../../capture/wire.ts';
import type { Counters } from '../accounting/counters.ts';
import type { Log } from '../log.ts';
import type { PolicyInForce } from '../policy/policy-in-force.ts';
import type { Spool } from '../spool/spool.ts';
import { createReading, type Refusal } from './reading.ts';
import { RecentIds } from './recent-ids.ts';
import { createStoring, type NotStored } from './storing.ts';
import { type Known, type NewLosses, newLosses } from './told-losses.ts';

/** `requestId` is that of the record, where one can be read. It tells that the work on its invocation is done. */
export type IntakeResult = { accepted: true; requestId?: string } | Refusal;

/** Takes one record at a time, or one label: checks it, asks the policy, and accepts what is kept only when it is safe in the spool. */
export interface Intake {
  /** @param text one record or one label as JSON */
  take(text: string | Uint8Array): IntakeResult;
  /** From here on everything is refused. */
  close(): void;
}

export interface IntakeParts {
  policy: Pick<PolicyInForce, 'record'>;
  spool: Spool;
  origin: Origin;
  counters: Counters;
  /** What became of the records that came last, including those that a predecessor has stored. */
  fates: RecentIds<Fate>;
  log: Log;
}

/** A function that gets no answer posts the same record again at once, so the ids of the last few hundred invocations are plenty. */
export const REMEMBERED_IDS = 10_000;

/** What became of a record: it is stored, it is left out by the policy, or it counts as lost for a reason. */
export type Fate = 'stored' | 'leftOut' | DropReason | NotCapturedReason;

export function createIntake({ policy, spool, origin, counters, fates, log }: IntakeParts): Intake {
  const knownCounts = new RecentIds<true>(REMEMBERED_IDS);
  const known: Known = {
    record: (eventId) => fates.get(eventId) !== undefined,
    counts: (id) => knownCounts.get(id) !== undefined,
  };
  const reading = createReading('record', InferenceRecord, counters);
  const storing = createStoring(spool, log);

  function take(text: string | Uint8Array): IntakeResult {
    const result = reading.read(text);
    return 'value' in result ? takeRecord(result.value) : result;
  }

  function takeRecord(record: InferenceRecord): IntakeResult {
    const { eventId, requestId } = record;
    const losses = newLosses(eventId, record.lostBefore, known);
    const fate = fates.get(eventId);
    if (fate === 'stored' || fate === 'leftOut') {
      counters.refuse('DUPLICATE');
      counters.miss(losses?.counts); // the next stored line has them
      remember(losses);
      return { accepted: true, requestId };
    }
    const decision = policy.record(record);
    if ('unavailable' in decision) return refuse(record, { code: 'POLICY_UNAVAILABLE', message: decision.unavailable });
    if (decision.keep) return store(decision, eventId, losses, fate);
    counters.leaveOut(decision.reason, losses?.counts, fate); // the same
    fates.set(eventId, 'leftOut');
    remember(losses);
    return { accepted: true, requestId };
  }

  /** @param fate what the record has counted as until now, if it has */
  function store(
    kept: KeptRecord,
    eventId: string,
    losses: NewLosses | undefined,
    fate: DropReason | NotCapturedReason | undefined,
  ): IntakeResult {
    const { record } = kept;
    const time = new Date(record.inferenceTime);
    const payload = kept.apart && spool.payloadObject(lineOf(storedPayloads(record, kept.marks, kept.apart)), time);
    const whole = payload === undefined ? kept : withObject(kept, payload.key);
    const droppedBefore = counters.toReport(losses?.counts, fate);
    const line = lineOf(storedLine(whole, origin, droppedBefore));
    const notStored = storing.store(line, time, 'record', payload);
    if (notStored !== undefined) return refuse(record, notStored);
    counters.store(droppedBefore, losses?.counts, fate); // not what the spool has noticed meanwhile
    counters.redact(kept.marks.redacted);
    fates.set(eventId, 'stored');
    remember(losses);
    return { accepted: true, requestId: record.requestId };
  }

  function refuse(
    { eventId, requestId }: Pick<InferenceRecord, 'eventId' | 'requestId'>,
    { code, message }: NotStored | { code: 'POLICY_UNAVAILABLE'; message: string },
  ): IntakeResult {
    counters.refuse(known.record(eventId) ? 'DUPLICATE' : code);
    if (!known.record(eventId)) fates.set(eventId, code);
    return { accepted: false, code, message, requestId };
  }

  /** The losses that an accepted record reported are known from here on. */
  function remember(losses: NewLosses | undefined): void {
    for (const id of losses?.countIds ?? []) knownCounts.set(id, true);
    for (const [eventId, reason] of losses?.records ?? []) fates.set(eventId, reason);
  }

  return { take, close: reading.close };
}

/** A stored line, with its line feed. */
export function lineOf(stored: object): Buffer {
  return Buffer.from(`${JSON.stringify(stored)}\n`);
}

/** The intake of an extension that cannot work: it refuses everything, and says why. */
export function refusingIntake(counters: Counters, reason: string): Intake {
  return {
    take() {
      counters.refuse('NOT_CONFIGURED');
      return { accepted: false, code: 'NOT_CONFIGURED', message: reason };
    },
    close() {},
  };
}
