import * as v from 'valibot';
import { RequestError, type RequestErrorCode } from './errors.ts';

type FieldErrorCode = Extract<RequestErrorCode, `${string}_FIELD` | `TOO_MANY_${string}` | 'INVALID_PARAMETER'>;

/** The message of a request's schema: the code of the error, and what was expected. */
export const says = (code: FieldErrorCode, expected: string) => `${code} ${expected}`;

/** An object with these fields and no others. */
export function fields<const Entries extends v.ObjectEntries>(entries: Entries) {
  const names = Object.keys(entries).join(', ');
  return v.strictObject(entries, ({ expected }) => {
    if (expected === 'never') return says('UNKNOWN_FIELD', names);
    return expected?.startsWith('"') ? says('MISSING_FIELD', '') : says('INVALID_FIELD', 'an object');
  });
}

/**
 * Reads a request.
 *
 * @param schema its messages are made by `says`
 * @throws RequestError with the first thing that is wrong: MISSING_FIELD, EMPTY_FIELD, INVALID_FIELD, UNKNOWN_FIELD, INVALID_PARAMETER or TOO_MANY_...
 */
export function parseRequest<Request>(schema: v.GenericSchema<unknown, Request>, json: object): Request {
  const result = v.safeParse(schema, json, { abortEarly: true });
  if (result.success) return result.output;
  throw requestError(result.issues[0]);
}

function requestError(issue: v.BaseIssue<unknown>): RequestError {
  const space = issue.message.indexOf(' ');
  const code = issue.message.slice(0, space) as FieldErrorCode;
  const expected = issue.message.slice(space + 1);
  const path = (v.getDotPath(issue) ?? 'body').slice(0, 100);
  if (code === 'MISSING_FIELD') return new RequestError(code, `Expected "${path}", got none`);
  if (code === 'UNKNOWN_FIELD') return new RequestError(code, `Expected only ${expected}; got "${path}" as well`);
  return new RequestError(code, `Expected ${expected} in "${path}", got ${kind(issue.input)}`);
}

/** What kind of value came, in words. It never quotes a text, which may hold personal data. */
export function kind(value: unknown): string {
  if (value === undefined) return 'none';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') return value.trim() === '' ? 'no text' : `a string of ${value.length} characters`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
