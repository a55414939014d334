import { code } from './characters.ts';
import type { NumberChain } from './number-chain.ts';
import type { Span, Subject } from './subject.ts';
import { isNear } from './surroundings.ts';

const LABEL = /(?<![a-z])ssns?(?![a-z])|social.{0,2}security|tax ?payer id/i;
const SLASH = code('/');

/**
 * A Social Security number of the US. It has no check digit: area 000, 666 and 900 to 999, group 00 and serial 0000 are
 * never assigned (Social Security Administration, "Social Security Number Randomization"). Without separators, only near
 * a word that says what it is.
 */
export function usSsn(subject: Subject, chain: NumberChain): Span | undefined {
  const { digits, gaps } = chain;
  const isSplit = chain.hasSizes(3, 2, 4) && gaps[0] === gaps[1] && gaps[0] !== SLASH;
  if (!isSplit && chain.sizes[0] !== 9) return undefined;
  const area = digits[0]! * 100 + digits[1]! * 10 + digits[2]!;
  if (area === 0 || area === 666 || area >= 900) return undefined;
  if (digits[3] === 0 && digits[4] === 0) return undefined;
  if (digits[5] === 0 && digits[6] === 0 && digits[7] === 0 && digits[8] === 0) return undefined;
  const groups = isSplit ? 3 : 1;
  if (!chain.standsAlone(subject, groups)) return undefined;
  const span = { start: chain.starts[0]!, end: chain.ends[groups - 1]! };
  return isSplit || isNear(LABEL, subject, span) ? span : undefined;
}
