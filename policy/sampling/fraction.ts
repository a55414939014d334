import { hash } from 'node:crypto';

/** Of the 256 bits of SHA-256. A number has room for 53. */
const BITS = 48;

/**
 * Where an id lies between 0 and 1, the latter excluded: the first 48 bits of the SHA-256 of its UTF-8, as a share of 2^48. It is the same for the
 * same id, everywhere and always. Ids lie evenly, so the share R of them lies below R, and what is kept at one rate is also kept at any higher one.
 */
export function fractionOf(id: string): number {
  return Number.parseInt(hash('sha256', id, 'hex').slice(0, BITS / 4), 16) / 2 ** BITS;
}
