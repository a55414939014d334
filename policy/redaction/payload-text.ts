import { isUtf8 } from 'node:buffer';
import type { Payload } from '../../capture/record.ts';

/** A payload as a text that can be searched. */
export interface PayloadText {
  text: string;
  /** It says that it is JSON. */
  isJson: boolean;
  /** The same payload with another text. */
  write(text: string): string;
}

type Encoded = Pick<Payload, 'encoding' | 'data'> & { contentType?: string };

const JSON_TYPE = /\bjson\b/i;
const NO_BASE64 = /[^A-Za-z0-9+/_=\s-]/;

/** @returns undefined if it is no text: bytes that are not UTF-8, or with zeros, as UTF-16 has them */
export function readPayload({ encoding, data, contentType = '' }: Encoded): PayloadText | undefined {
  const isJson = encoding === 'JSON' || (encoding === 'BASE64' && JSON_TYPE.test(contentType));
  // What says that it is BASE64 and is not would be read as other bytes.
  if (encoding !== 'BASE64' || NO_BASE64.test(data)) return { text: data, isJson, write: (text) => text };
  const bytes = Buffer.from(data, 'base64');
  if (!isUtf8(bytes) || bytes.includes(0)) return undefined;
  return { text: bytes.toString('utf8'), isJson, write: (text) => Buffer.from(text, 'utf8').toString('base64') };
}
