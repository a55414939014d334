import * as v from 'valibot';
import type { DropReason, WireErrorCode } from '../../capture/wire.ts';
import type { Counters } from '../accounting/counters.ts';
import { RecentIds } from './recent-ids.ts';

/** Why a record or a label is not taken. `requestId` is that of the record, where one can be read. */
export interface Refusal {
  accepted: false;
  code: WireErrorCode & DropReason;
  message: string;
  requestId?: string;
}

/** A sender in bulk posts a whole body again when some of its lines were refused. */
const REMEMBERED_LINES = 10_000;

/** Reads what is posted, and counts what cannot be read. */
export interface Reading<T> {
  read(text: string): { value: T } | Refusal;
  /** From here on everything is refused. */
  close(): void;
}

/** @param what is read, for messages */
export function createReading<S extends v.GenericSchema>(
  what: 'record' | 'label',
  schema: S,
  counters: Counters,
): Reading<v.InferOutput<S>> {
  /** Lines that cannot be read. No two records are alike, since ids are unique: a line that is like one of these came again. */
  const unreadable = new RecentIds<true>(REMEMBERED_LINES);
  let closed = false;

  function refuseUnreadable(text: string, code: 'INVALID_JSON' | 'INVALID_RECORD', message: string): Refusal {
    const digest = digestOf(text);
    counters.refuse(unreadable.get(digest) ? 'DUPLICATE' : code);
    unreadable.set(digest, true);
    return { accepted: false, code, message };
  }

  return {
    read(text) {
      if (closed) {
        counters.refuse('SHUTTING_DOWN');
        const message = `The environment is shutting down, and the extension accepts no more ${what}s`;
        return { accepted: false, code: 'SHUTTING_DOWN', message };
      }
      let json: unknown;
      try {
        json = JSON.parse(text);
      } catch {
        const message = `Expected a ${what} as a JSON object, got text that is not JSON`;
        return refuseUnreadable(text, 'INVALID_JSON', message);
      }
      const parsed = v.safeParse(schema, json);
      if (parsed.success) return { value: parsed.output };
      return refuseUnreadable(text, 'INVALID_RECORD', describe(parsed.issues[0], what));
    },
    close() {
      closed = true;
    },
  };
}

/** The module is loaded with the first unreadable line, and not at every start. */
function digestOf(text: string): string {
  return process.getBuiltinModule('node:crypto').hash('sha256', text, 'base64');
}

function describe(issue: v.BaseIssue<unknown>, what: string): string {
  const received = issue.received.startsWith('"') ? 'another text' : issue.received; // never a value: it may be personal
  const ours = issue.message.startsWith('Expected ') ? issue.message : undefined; // valibot's own may have the value
  return `${ours ?? `Expected ${issue.expected}`} at "${v.getDotPath(issue) ?? what}", got ${received}`;
}
