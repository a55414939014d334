import * as v from 'valibot';
import { InferenceRecord } from '../capture/record.ts';
import { type Origin, storedLine } from '../capture/stored-line.ts';
import type { DropReason, WireErrorCode } from '../capture/wire.ts';
import type { Counters } from './counters.ts';
import type { Log } from './log.ts';
import type { RecentIds } from './recent-ids.ts';
import type { Spool } from './spool/spool.ts';

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
  /** The event ids that have been taken last, by a predecessor too. */
  taken: RecentIds;
  log: Log;
}

/** A function posts again what it got no answer to at once, so the ids of the last few hundred invocations are plenty. */
export const REMEMBERED_IDS = 10_000;

export function createIntake({ spool, origin, counters, taken, log }: IntakeParts): Intake {
  let closed = false;
  /** Why the last record was not stored: told once, and counted each time. */
  let trouble: 'full' | 'unwritable' | undefined;

  function refuse(code: WireErrorCode & DropReason, message: string, requestId?: string): IntakeResult {
    counters.refuse(code);
    return { accepted: false, code, message, ...(requestId !== undefined && { requestId }) };
  }

  return {
    take(text) {
      if (closed) return refuse('SHUTTING_DOWN', 'The environment is ending and takes no more records');
      let json: unknown;
      try {
        json = JSON.parse(text);
      } catch {
        return refuse('INVALID_JSON', 'Expected one record as a JSON object, or one a line, got no JSON');
      }
      const parsed = v.safeParse(InferenceRecord, json);
      if (!parsed.success) return refuse('INVALID_RECORD', describe(parsed.issues[0]));

      const record = parsed.output;
      const accepted = { accepted: true, requestId: record.requestId } as const;
      if (taken.has(record.eventId)) {
        counters.refuse('DUPLICATE');
        return accepted;
      }
      const { unreported } = counters;
      const line = Buffer.from(`${JSON.stringify(storedLine(record, origin, unreported))}\n`);
      const result = spool.append(line, new Date(record.inferenceTime));
      if (result.stored) {
        taken.add(record.eventId);
        counters.received += 1;
        if (unreported !== undefined) counters.reported(unreported); // not what the spool has noticed meanwhile
        trouble = undefined;
        return accepted;
      }
      if (result.reason === 'full') {
        if (trouble !== 'full')
          log('ERROR', 'the spool is full: records are refused until some are delivered', { bytes: spool.bytes });
        trouble = 'full';
        return refuse(
          'SPOOL_FULL',
          `The spool holds ${spool.bytes} bytes that could not be delivered; raise CAPTURE_SPOOL_BYTES`,
          record.requestId,
        );
      }
      if (trouble !== 'unwritable') log('ERROR', 'the spool cannot be written', { cause: result.cause.message });
      trouble = 'unwritable';
      return refuse('SPOOL_UNWRITABLE', 'The disk under CAPTURE_SPOOL_DIR does not take the record', record.requestId);
    },
    close() {
      closed = true;
    },
  };
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
