import type { KeyScope } from '../../capture/object-key.ts';
import type { Kind } from '../spool/kind.ts';

/** The prefix of objects with the whole payloads of a record, beside that of the records. */
const PAYLOADS = 'payloads';
/** SageMaker's name for labels. */
const LABELS = 'ground-truth';

/** Whether a text can be the prefix of keys: parts that are names, with a slash between them. */
export function isPrefix(text: string): boolean {
  return text.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/**
 * Where the objects of each kind lie. Labels and payloads lie beside the records and not below them, because readers of records take all objects
 * below. Where the records have no prefix, that cannot be: then a reader has to name the endpoint.
 *
 * @param records prefix of the records; may be empty
 * @param labels prefix of the labels. @default `ground-truth` beside the records
 * @throws Error where one kind would lie below another
 */
export function scopesOf({ prefix: records, ...names }: KeyScope, labels?: string): Readonly<Record<Kind, KeyScope>> {
  const parts = records.split('/');
  const own = parts.pop();
  const beside = (name: string) => [...parts, name === own ? `${name}-2` : name].join('/');
  const prefixes = { record: records, label: labels ?? beside(LABELS), payload: beside(PAYLOADS) };
  for (const other of [prefixes.record, prefixes.payload].filter((one) => one !== '')) {
    if (!isWithin(prefixes.label, other) && !isWithin(other, prefixes.label)) continue;
    throw new Error(
      `CAPTURE_LABELS_PREFIX: expected a prefix that is not below "${other}" and does not contain it, got "${prefixes.label}"`,
    );
  }
  const scope = (kind: Kind): KeyScope => ({ prefix: prefixes[kind], ...names });
  return { record: scope('record'), label: scope('label'), payload: scope('payload') };
}

function isWithin(inner: string, outer: string): boolean {
  return `${inner}/`.startsWith(`${outer}/`);
}
