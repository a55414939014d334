import { weightedMod11 } from './check-digits.ts';
import type { NumberChain } from './number-chain.ts';
import type { Span, Subject } from './subject.ts';
import { isNear } from './surroundings.ts';

/** What says that a number is one of the NHS. */
export const NHS_LABEL = /(?<![a-z])nhs(?![a-z])|national health|patient/i;

/**
 * An NHS number of England, Wales and the Isle of Man: ten digits, the last one a check digit. One in eleven numbers of
 * ten digits has the right one, times in seconds too: without separators it counts only near a word that says what it is.
 */
export function ukNhs(subject: Subject, chain: NumberChain): Span | undefined {
  const isSplit = chain.hasSizes(3, 3, 4) && chain.gaps[0] === chain.gaps[1];
  if (!isSplit && chain.sizes[0] !== 10) return undefined;
  const groups = isSplit ? 3 : 1;
  if (!weightedMod11(chain.digits) || !chain.standsAlone(subject, groups)) return undefined;
  const span = { start: chain.starts[0]!, end: chain.ends[groups - 1]! };
  return isSplit || isNear(NHS_LABEL, subject, span) ? span : undefined;
}
