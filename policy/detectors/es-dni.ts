import { code, DIGIT, upper, WORD } from './characters.ts';
import { LETTERS_OF_23 } from './check-digits.ts';
import type { NumberChain } from './number-chain.ts';
import type { Span, Subject } from './subject.ts';

const [SPACE, DASH, POINT, X, Z] = [' ', '-', '.', 'X', 'Z'].map(code) as [number, number, number, number, number];

/**
 * A DNI of Spain (eight digits and a letter, `12.345.678-Z` too) or an NIE of a foreigner (X, Y or Z, which count as 0, 1
 * and 2, seven digits and a letter). The letter is a check of the number.
 */
export function esDni({ codes }: Subject, chain: NumberChain): Span | undefined {
  const isSplit = chain.hasSizes(2, 3, 3) && chain.gaps[0] === POINT && chain.gaps[1] === POINT;
  const size = isSplit ? 8 : chain.sizes[0]!;
  if (size !== 8 && size !== 7) return undefined;
  let start = chain.starts[0]!;
  let number = 0;
  if (size === 7) {
    start -= codes[start - 1] === DASH ? 2 : 1;
    const prefix = upper(codes[start]!);
    if (prefix < X || prefix > Z) return undefined;
    number = prefix - X;
  }
  for (let place = 0; place < size; place++) number = number * 10 + chain.digits[place]!;
  const end = letterAfter(codes, chain.ends[isSplit ? 2 : 0]!);
  if (end === 0 || upper(codes[end - 1]!) !== LETTERS_OF_23.charCodeAt(number % 23)) return undefined;
  const before = codes[start - 1]!;
  const isInside = WORD[before] === 1 || ((before === DASH || before === POINT) && DIGIT[codes[start - 2]!] === 1);
  return isInside ? undefined : { start, end };
}

/** Place after the letter: it follows the digits at once or after a dash, or after a space as a capital. 0: none. */
function letterAfter(codes: Uint8Array, end: number): number {
  const gap = codes[end]!;
  const letter = gap === DASH || gap === SPACE ? end + 1 : end;
  const isLetter = gap === SPACE ? codes[letter]! === upper(codes[letter]!) : true;
  return isLetter && WORD[codes[letter]!] === 1 && WORD[codes[letter + 1]!] === 0 ? letter + 1 : 0;
}
