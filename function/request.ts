import * as v from 'valibot';
import type { Payload } from '../capture/record.ts';
import { RequestError, type RequestErrorCode } from './errors.ts';

const Text = v.pipe(
  v.string(),
  v.check((text) => text.trim() !== '', 'empty'),
);
const QaRequest = v.strictObject({ question: Text, context: Text });
/** A question about a text. */
export type QaRequest = v.InferOutput<typeof QaRequest>;

/**
 * The request in a body.
 *
 * @throws RequestError INVALID_JSON, MISSING_FIELD, EMPTY_FIELD, INVALID_FIELD or UNKNOWN_FIELD
 */
export function parseRequest(body: Payload): QaRequest {
  const result = v.safeParse(QaRequest, parseObject(body));
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue);
  const code = errorCode(issue);
  throw new RequestError(code, MESSAGES[code](field ?? '', issue.received));
}

function parseObject({ data, encoding }: Payload): object {
  if (encoding === 'BASE64')
    throw new RequestError('INVALID_JSON', 'Expected JSON in UTF-8, got bytes that are no UTF-8');
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    // The parser's own message quotes the body, which may hold personal data.
    throw new RequestError(
      'INVALID_JSON',
      'Expected a JSON object such as {"question": "...", "context": "..."}, got no JSON',
    );
  }
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
  throw new RequestError(
    'INVALID_JSON',
    'Expected a JSON object such as {"question": "...", "context": "..."}, got other JSON',
  );
}

type FieldErrorCode = Extract<RequestErrorCode, `${string}_FIELD`>;

function errorCode(issue: v.BaseIssue<unknown>): FieldErrorCode {
  if (issue.type === 'check') return 'EMPTY_FIELD';
  if (issue.type === 'string') return 'INVALID_FIELD';
  return issue.expected === 'never' ? 'UNKNOWN_FIELD' : 'MISSING_FIELD';
}

const MESSAGES: Record<FieldErrorCode, (field: string, received: string) => string> = {
  MISSING_FIELD: (field) => `Expected "${field}", got none`,
  EMPTY_FIELD: (field) => `Expected text in "${field}", got none`,
  INVALID_FIELD: (field, received) =>
    `Expected a string in "${field}", got ${received.startsWith('"') ? 'another type' : received}`,
  UNKNOWN_FIELD: (field) => `Expected only "question" and "context", got "${field.slice(0, 100)}" as well`,
};
