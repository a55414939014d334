import * as v from 'valibot';
import { InferenceRecord } from '../../capture/record.ts';
import { type KeptRecord, type Origin, storedLine } from '../../capture/stored-line.ts';
import type { DropReason, NotCapturedReason, WireErrorCode } from '../../capture/wire.ts';
import type { Counters } from '../accounting/counters.ts';
import type { Log } from '../log.ts';
import type { PolicyInForce } from '../policy/policy-in-force.ts';
import type { Spool } from '../spool/spool.ts';
import { RecentIds } from './recent-ids.ts';
import { type Known, type NewLosses, newLosses } from './told-losses.ts';

/** `requestId` is that of the record, where one can be read. It tells that the work on its invocation is done. */
export type IntakeResult =
  | { accepted: true; requestId: string }
  | { accepted: false; code: WireErrorCode & DropReason; message: string; requestId?: string };

/** Takes one record at a time: checks it, asks the policy, and accepts what is kept only when it is safe in the spool. */
export interface Intake {
  /** @param text one record as JSON */
  take(text: string): IntakeResult;
  /** From here on every record is refused. */
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
/** A sender in bulk posts a whole body again when some of its lines were refused. */
const REMEMBERED_LINES = 10_000;

/** What became of a record: it is stored, it is left out by the policy, or it counts as lost for a reason. */
export type Fate = 'stored' | 'leftOut' | DropReason | NotCapturedReason;

export function createIntake({ policy, spool, origin, counters, fates, log }: IntakeParts): Intake {
  const knownCounts = new RecentIds<true>(REMEMBERED_IDS);
  const known: Known = {
    record: (eventId) => fates.get(eventId) !== undefined,
    counts: (id) => knownCounts.get(id) !== undefined,
  };
  /** Lines that cannot be read as records. No two records are alike, since ids are unique: a line that is like one of these came again. */
  const unreadable = new RecentIds<true>(REMEMBERED_LINES);
  let closed = false;
  /** Why the last record was not stored. The log says it once, until a record is stored. */
  let trouble: 'full' | 'unwritable' | undefined;

  function take(text: string): IntakeResult {
    if (closed) {
      counters.refuse('SHUTTING_DOWN');
      return {
        accepted: false,
        code: 'SHUTTING_DOWN',
        message: 'The environment is shutting down, and the extension accepts no more records',
      };
    }
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      return refuseUnreadable(text, 'INVALID_JSON', 'Expected a record as a JSON object, got text that is not JSON');
    }
    const parsed = v.safeParse(InferenceRecord, json);
    if (!parsed.success) return refuseUnreadable(text, 'INVALID_RECORD', describe(parsed.issues[0]));
    return takeRecord(parsed.output);
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
    if ('unavailable' in decision) return refuse(record, 'POLICY_UNAVAILABLE', decision.unavailable);
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
    const droppedBefore = counters.toReport(losses?.counts, fate);
    const line = Buffer.from(`${JSON.stringify(storedLine(kept, origin, droppedBefore))}\n`);
    const result = spool.append(line, new Date(record.inferenceTime));
    if (result.stored) {
      counters.store(droppedBefore, losses?.counts, fate); // not what the spool has noticed meanwhile
      counters.redact(kept.marks.redacted);
      fates.set(eventId, 'stored');
      remember(losses);
      trouble = undefined;
      return { accepted: true, requestId: record.requestId };
    }
    if (result.reason === 'full') {
      if (trouble !== 'full')
        log('ERROR', 'the spool is full: records are refused until some are delivered', { bytes: spool.bytes });
      trouble = 'full';
      const message = `The spool holds ${spool.bytes} bytes that are not delivered yet; raise CAPTURE_SPOOL_BYTES`;
      return refuse(record, 'SPOOL_FULL', message);
    }
    if (trouble !== 'unwritable') log('ERROR', 'the spool cannot be written', { cause: result.cause.message });
    trouble = 'unwritable';
    return refuse(record, 'SPOOL_UNWRITABLE', 'The disk under CAPTURE_SPOOL_DIR does not take the record');
  }

  function refuseUnreadable(text: string, code: 'INVALID_JSON' | 'INVALID_RECORD', message: string): IntakeResult {
    const digest = digestOf(text);
    counters.refuse(unreadable.get(digest) ? 'DUPLICATE' : code);
    unreadable.set(digest, true);
    return { accepted: false, code, message };
  }

  function refuse(
    { eventId, requestId }: Pick<InferenceRecord, 'eventId' | 'requestId'>,
    code: 'SPOOL_FULL' | 'SPOOL_UNWRITABLE' | 'POLICY_UNAVAILABLE',
    message: string,
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

  return {
    take,
    close() {
      closed = true;
    },
  };
}

/** The module is loaded with the first unreadable line, and not at every start. */
function digestOf(text: string): string {
  return process.getBuiltinModule('node:crypto').hash('sha256', text, 'base64');
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

function describe(issue: v.BaseIssue<unknown>): string {
  const received = issue.received.startsWith('"') ? 'another text' : issue.received; // never a value: it may be personal
  return `Expected ${issue.expected ?? issue.type} at "${v.getDotPath(issue) ?? 'record'}", got ${received}`;
}
