import type { InferenceRecord } from '../capture/record.ts';
import type { Exchange } from './exchange.ts';
import { compilePath } from './paths/values.ts';

/** What `sampling.by` may name beside `header:NAME` and paths. */
export const SAMPLING_SOURCES = ['eventId', 'inferenceId', 'requestId'] as const;
/** What `subjectKey` may name beside them. */
export const SUBJECT_SOURCES = ['inferenceId', 'caller'] as const;

type Field = (typeof SAMPLING_SOURCES | typeof SUBJECT_SOURCES)[number];

/** A value that a record has, as text: numbers as JSON has them. Undefined where the record has none, or an empty one. */
export type Source = (exchange: Exchange) => string | undefined;

const HEADER = /^header:([!#$%&'*+.^_`|~\w-]{1,256})$/;

/**
 * Reads where a record says something: the name of one of its fields, `header:NAME`, or a path in the input. Of several values at a path, the
 * first one that is a text or a number counts.
 *
 * @param fields the fields that may be named here
 * @throws Error that says what was expected and what came
 */
export function compileSource(text: string, fields: readonly Field[]): Source {
  const field = fields.find((name) => name === text);
  if (field !== undefined) return ({ record }) => record[field as keyof InferenceRecord & Field] || undefined;
  if (/^[$/]/.test(text)) {
    const valuesAt = compilePath(text);
    return (exchange) => firstText(valuesAt(exchange.json('input')));
  }
  const header = HEADER.exec(text)?.[1]?.toLowerCase();
  if (header !== undefined) return ({ record: { headers } }) => ownHeader(headers, header);
  throw new Error(`Expected ${fields.join(', ')}, header:NAME, a JSONPath or a JSON pointer, got "${text}"`);
}

function ownHeader(headers: InferenceRecord['headers'], name: string): string | undefined {
  return headers !== undefined && Object.hasOwn(headers, name) ? headers[name] || undefined : undefined;
}

function firstText(values: readonly unknown[]): string | undefined {
  const value = values.find((each) => (typeof each === 'string' && each !== '') || typeof each === 'number');
  return value === undefined ? undefined : String(value);
}
