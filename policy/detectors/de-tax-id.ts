import { mod11and10 } from './check-digits.ts';
import type { NumberChain } from './number-chain.ts';
import type { Span, Subject } from './subject.ts';

const DIGITS = 11;
const times = new Uint8Array(10);

/** A Steueridentifikationsnummer of Germany: 11 digits, written as `36 574 261 809` or in one. */
export function deTaxId(subject: Subject, chain: NumberChain): Span | undefined {
  const isSplit = chain.hasSizes(2, 3, 3, 3) && chain.isUniform(4);
  if (!isSplit && chain.sizes[0] !== DIGITS) return undefined;
  const { digits } = chain;
  if (digits[0] === 0 || !repeatsOneDigit(digits) || !mod11and10(digits, DIGITS)) return undefined;
  const groups = isSplit ? 4 : 1;
  return chain.standsAlone(subject, groups) ? { start: chain.starts[0]!, end: chain.ends[groups - 1]! } : undefined;
}

/**
 * Of the first ten digits exactly one occurs twice or three times, never three times in a row, and no other one more than
 * once: Bundeszentralamt für Steuern, "Steuerliche Identifikationsnummer", rules of 2016.
 */
function repeatsOneDigit(digits: Uint8Array): boolean {
  times.fill(0);
  let repeated = 0;
  for (let place = 0; place < DIGITS - 1; place++) {
    const digit = digits[place]!;
    const seen = ++times[digit]!;
    if (seen === 2) repeated++;
    if (seen > 3 || repeated > 1) return false;
    if (place > 1 && digit === digits[place - 1] && digit === digits[place - 2]) return false;
  }
  return repeated === 1;
}
