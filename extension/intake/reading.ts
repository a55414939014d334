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
  /** @param text as JSON; bytes where they are not UTF-8, and so no text */
  read(text: string | Uint8Array): { value: T } | Refusal;
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

  function refuseUnreadable(
    text: string | Uint8Array,
    code: 'INVALID_JSON' | 'INVALID_RECORD',
    message: string,
  ): Refusal {
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
      if (typeof text !== 'string') {
        const message = `Expected a ${what} as JSON in UTF-8, got bytes that are not UTF-8`;
        return refuseUnreadable(text, 'INVALID_JSON', message);
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
function digestOf(text: string | Uint8Array): string {
  return process.getBuiltinModule('node:crypto').hash('sha256', text, 'base64');
}

/** Tells what is wrong, and never a value: it may be personal. */
function describe(issue: v.BaseIssue<unknown>, what: string): string {
  const kind = typeof issue.input;
  const received = kind === 'string' ? 'another text' : kind === 'number' ? 'another number' : issue.received;
  const isOurs = issue.message.startsWith('Expected '); // valibot's own messages have the value
  const expected = isOurs ? issue.message : `Expected ${issue.expected ?? issue.type}`;
  return `${expected} at "${v.getDotPath(issue) ?? what}", got ${received}`;
}
