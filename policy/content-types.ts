import type { Payload } from '../capture/record.ts';
import type { PolicyDocument } from './document.ts';

type Lists = NonNullable<PolicyDocument['contentTypes']>;

/** What the content types of a policy do to the encoding of payloads, as SageMaker's `captureContentTypeHeader` does. */
export interface ContentTypes {
  /** BASE64 of a type that is listed becomes text, if it is UTF-8: so it can be searched. */
  read(payload: Payload): Payload;
  /** What is stored: text of a type that is not listed becomes BASE64. */
  write(payload: Payload): Payload;
}

/** Without lists every payload stays as it is. */
export function compileContentTypes(lists: Lists | undefined): ContentTypes {
  if (lists === undefined) return { read: (payload) => payload, write: (payload) => payload };
  const isJson = compileTypes(lists.json ?? []);
  const isCsv = compileTypes(lists.csv ?? []);
  const encodingOf = ({ contentType }: Payload): Payload['encoding'] => {
    const type = contentType.split(';', 1)[0]!.trim().toLowerCase();
    return isJson(type) ? 'JSON' : isCsv(type) ? 'CSV' : 'BASE64';
  };
  return {
    read(payload) {
      const encoding = encodingOf(payload);
      if (encoding === 'BASE64' || encoding === payload.encoding) return payload;
      const data = payload.encoding === 'BASE64' ? textOf(payload.data) : payload.data;
      return data === undefined ? payload : { ...payload, encoding, data };
    },
    write(payload) {
      if (payload.encoding === 'BASE64' || encodingOf(payload) !== 'BASE64') return payload;
      return { ...payload, encoding: 'BASE64', data: Buffer.from(payload.data).toString('base64') };
    },
  };
}

/** Whether a type is one of a list, where a `*` of the list stands for any characters. */
function compileTypes(types: readonly string[]): (type: string) => boolean {
  const exact = new Set(types.filter((type) => !type.includes('*')).map((type) => type.toLowerCase()));
  const wildcards = types.filter((type) => type.includes('*')).map(compileWildcard);
  return (type) => exact.has(type) || wildcards.some((fits) => fits(type));
}

/** A half has one `*` at most, so that each half is compared by its beginning and its end, in linear time. */
function compileWildcard(wildcard: string): (type: string) => boolean {
  const halves = wildcard.toLowerCase().split('/').map(compileHalf);
  return (type) => {
    const parts = type.split('/');
    return parts.length === halves.length && halves.every((fits, at) => fits(parts[at]!));
  };
}

function compileHalf(half: string): (part: string) => boolean {
  const [beginning, end] = half.split('*') as [string, string | undefined];
  if (end === undefined) return (part) => part === half;
  return (part) => part.length >= beginning.length + end.length && part.startsWith(beginning) && part.endsWith(end);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text that is encoded, if it is text, and if it can be encoded again to the same. */
function textOf(base64: string): string | undefined {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64') !== base64) return undefined;
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}
