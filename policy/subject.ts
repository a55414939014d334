import { createHmac } from 'node:crypto';

/**
 * A person's name, number or address as records have it: HMAC-SHA-256 (RFC 2104) of the UTF-8 text, 64 hexadecimal digits. Only who has the key can tell
 * whom a record is about.
 */
export function subjectOf(value: string, key: Buffer): string {
  return createHmac('sha256', key).update(value).digest('hex');
}
