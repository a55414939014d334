import { code } from './characters.ts';
import type { NumberChain } from './number-chain.ts';

const POINT = code('.');

/** Digits of a number with its leading zero where no word announces it: UK 10 and 11, France 10, Germany up to 12. */
const MIN_DIGITS = 9;
const MAX_DIGITS = 12;

/**
 * How many groups of a chain are a telephone number as a country writes it; 0: none. A number in one group says too little.
 *
 * @param isBracketed whether the first group is in parentheses, as in `(020) 7946 0958`
 */
export function nationalGroups(chain: NumberChain, isBracketed: boolean): number {
  const { digits, sizes } = chain;
  if (chain.groups < 2) return 0;
  if (digits[0] === 0) return withLeadingZero(chain, isBracketed);
  if (digits[0] === 1 && sizes[0] === 1) return northAmerican(chain, 1);
  return northAmerican(chain, 0) || spanish(chain);
}

/** 415-555-0132, (415) 5550132: area and exchange begin with 2 to 9 (North American Numbering Plan Administration). */
function northAmerican({ digits, sizes, gaps, groups }: NumberChain, first: number): number {
  const [area, exchange, line] = [sizes[first]!, sizes[first + 1]!, sizes[first + 2]!];
  if (area !== 3 || digits[first]! < 2 || digits[first + 1] === 9 || digits[first + 3]! < 2) return 0;
  const isBracketed = gaps[first] === 0;
  if (exchange === 7 && groups > first + 1) return isBracketed ? first + 2 : 0;
  return exchange === 3 && line === 4 && groups > first + 2 ? first + 3 : 0;
}

/**
 * France: five pairs. UK and Germany, and many others: an area code of three to six digits (two in parentheses), then groups of two or more.
 * A US SSN, 3-2-4, begins with a zero too.
 */
function withLeadingZero({ digits, sizes, groups, gaps }: NumberChain, isBracketed: boolean): number {
  if (digits[1] === 0) return 0;
  const first = sizes[0]!;
  if (first === 2 && !isBracketed) {
    for (let group = 0; group < 5; group++) if (group >= groups || sizes[group] !== 2) return 0;
    return sizes[5] === 2 && gaps[4] === gaps[3] ? 0 : 5;
  }
  if (first < 2 || first > 6) return 0;
  let [found, count] = [0, first];
  for (let group = 1; group < groups && sizes[group]! >= 2; group++) {
    count += sizes[group]!;
    if (count > MAX_DIGITS) break;
    if (count >= MIN_DIGITS) found = group + 1;
  }
  const isSsn = found === 3 && first === 3 && sizes[1] === 2 && sizes[2] === 4;
  return isSsn && !isBracketed ? 0 : found;
}

/**
 * Spain: nine digits from 6 on, as 612 345 678, 612 34 56 78, 91 234 56 78 or 612 345678. Three groups of three are also
 * how millions are written: not with dots, and not if they are round.
 */
function spanish(chain: NumberChain): number {
  const { digits, gaps } = chain;
  if (digits[0]! < 6) return 0;
  if (chain.hasSizes(3, 2, 2, 2) || chain.hasSizes(2, 3, 2, 2)) return 4;
  if (chain.hasSizes(3, 6)) return 2;
  const isRound = digits[6] === 0 && digits[7] === 0 && digits[8] === 0;
  return chain.hasSizes(3, 3, 3) && gaps[0] === gaps[1] && gaps[0] !== POINT && !isRound ? 3 : 0;
}
