import * as v from 'valibot';
import { InferenceRecord } from '../../capture/record.ts';
import { type Origin, storedLine } from '../../capture/stored-line.ts';
import type { DropReason, NotCapturedReason, WireErrorCode } from '../../capture/wire.ts';
import type { Counters } from '../accounting/counters.ts';
import type { Log } from '../log.ts';
import type { Spool } from '../spool/spool.ts';
import { RecentIds } from './recent-ids.ts';
import { type Known, type NewLosses, newLosses } from './told-losses.ts';

/** `requestId` is that of the record, where one can be read, for whoever waits for an invocation's record. */
export type IntakeResult =
  | { accepted: true; requestId: string }
  | { accepted: false; code: WireErrorCode & DropReason; message: string; requestId?: string };

/** Takes one record at a time: checks it, and accepts it only when it is safe in the spool. */
export interface Intake {
  /** @param text one record as JSON */
  take(text: string): IntakeResult;
  /** From here on every record is refused. */
  close(): void;
}

export interface IntakeParts {
  spool: Spool;
  origin: Origin;
  counters: Counters;
  /** What became of the records that came last; those that a predecessor has stored, too. */
  fates: RecentIds<Fate>;
  log: Log;
}

/** A function posts again what it got no answer to at once, so the ids of the last few hundred invocations are plenty. */
export const REMEMBERED_IDS = 10_000;
/** And whoever sends in bulk a body of which lines were refused. */
const REMEMBERED_LINES = 10_000;

/** What became of a record: it is stored, or it counts as lost for this reason. */
export type Fate = 'stored' | DropReason | NotCapturedReason;

export function createIntake({ spool, origin, counters, fates, log }: IntakeParts): Intake {
  const toldCounts = new RecentIds<true>(REMEMBERED_IDS);
  const known: Known = {
    record: (eventId) => fates.get(eventId) !== undefined,
    counts: (id) => toldCounts.get(id) !== undefined,
  };
  /** Lines that cannot be read as records. No two records are alike, since ids are unique: a line that is like one of these came again. */
  const unreadable = new RecentIds<true>(REMEMBERED_LINES);
  let closed = false;
  /** Why the last record was not stored: told once, and counted each time. */
  let trouble: 'full' | 'unwritable' | undefined;

  function refuseUnreadable(text: string, code: 'INVALID_JSON' | 'INVALID_RECORD', message: string): IntakeResult {
    const digest = digestOf(text);
    counters.refuse(unreadable.get(digest) ? 'DUPLICATE' : code);
    unreadable.set(digest, true);
    return { accepted: false, code, message };
  }

  function refuse(
    { eventId, requestId }: InferenceRecord,
    code: 'SPOOL_FULL' | 'SPOOL_UNWRITABLE',
    message: string,
  ): IntakeResult {
    counters.refuse(known.record(eventId) ? 'DUPLICATE' : code);
    if (!known.record(eventId)) fates.set(eventId, code);
    return { accepted: false, code, message, requestId };
  }

  /** What a record tells is known from here on. */
  function learn(told: NewLosses | undefined): void {
    for (const id of told?.countIds ?? []) toldCounts.set(id, true);
    for (const [eventId, reason] of told?.records ?? []) fates.set(eventId, reason);
  }

  return {
    take(text) {
      if (closed) {
        counters.refuse('SHUTTING_DOWN');
        return {
          accepted: false,
          code: 'SHUTTING_DOWN',
          message: 'The environment is ending and takes no more records',
        };
      }
      let json: unknown;
      try {
        json = JSON.parse(text);
      } catch {
        return refuseUnreadable(text, 'INVALID_JSON', 'Expected a record as a JSON object, or one a line, got no JSON');
      }
      const parsed = v.safeParse(InferenceRecord, json);
      if (!parsed.success) return refuseUnreadable(text, 'INVALID_RECORD', describe(parsed.issues[0]));

      const record = parsed.output;
      const { eventId, requestId } = record;
      const told = newLosses(eventId, record.lostBefore, known);
      const fate = fates.get(eventId);
      if (fate === 'stored') {
        counters.refuse('DUPLICATE');
        counters.miss(told?.counts); // the next line tells
        learn(told);
        return { accepted: true, requestId };
      }
      const droppedBefore = counters.toReport(told?.counts, fate);
      const line = Buffer.from(`${JSON.stringify(storedLine(record, origin, droppedBefore))}\n`);
      const result = spool.append(line, new Date(record.inferenceTime));
      if (result.stored) {
        counters.store(droppedBefore, told?.counts, fate); // not what the spool has noticed meanwhile
        fates.set(eventId, 'stored');
        learn(told);
        trouble = undefined;
        return { accepted: true, requestId };
      }
      if (result.reason === 'full') {
        if (trouble !== 'full')
          log('ERROR', 'the spool is full: records are refused until some are delivered', { bytes: spool.bytes });
        trouble = 'full';
        const message = `The spool holds ${spool.bytes} bytes that could not be delivered; raise CAPTURE_SPOOL_BYTES`;
        return refuse(record, 'SPOOL_FULL', message);
      }
      if (trouble !== 'unwritable') log('ERROR', 'the spool cannot be written', { cause: result.cause.message });
      trouble = 'unwritable';
      return refuse(record, 'SPOOL_UNWRITABLE', 'The disk under CAPTURE_SPOOL_DIR does not take the record');
    },
    close() {
      closed = true;
    },
  };
}

/** Loaded with the first such line, and not at every start. */
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
