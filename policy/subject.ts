import { createHmac } from 'node:crypto';

/**
 * The mark of a person that records are about, by which they are found when they must be erased: HMAC-SHA-256 (RFC 2104) of the value in UTF-8.
 *
 * @param value as the record has it; a number as JSON has it
 * @param key the secret of the policy that the records were stored under
 * @returns 64 hexadecimal digits
 */
export function subjectOf(value: string, key: Buffer): string {
  return createHmac('sha256', key).update(value).digest('hex');
}
