import { luhn } from './check-digits.ts';
import type { NumberChain } from './number-chain.ts';
import type { Span, Subject } from './subject.ts';

const MIN_DIGITS = 13;
const MAX_DIGITS = 19;

/** Ranges of issuers, as first and last prefix, with the lengths that they use: ISO/IEC 7812, and the networks' own pages. */
const ISSUERS: readonly (readonly [first: string, last: string, lengths: readonly number[]])[] = [
  ['4', '4', [13, 16, 19]], // Visa
  ['51', '55', [16]], // Mastercard
  ['2221', '2720', [16]], // Mastercard
  ['2200', '2204', [16, 17, 18, 19]], // Mir
  ['34', '34', [15]], // American Express
  ['37', '37', [15]], // American Express
  ['300', '305', [14, 16, 17, 18, 19]], // Diners Club
  ['3095', '3095', [14, 16, 17, 18, 19]], // Diners Club
  ['36', '36', [14, 16, 17, 18, 19]], // Diners Club
  ['38', '39', [14, 16, 17, 18, 19]], // Diners Club
  ['3528', '3589', [16, 17, 18, 19]], // JCB
  ['1800', '1800', [15]], // JCB
  ['2131', '2131', [15]], // JCB
  ['50', '50', [13, 14, 15, 16, 17, 18, 19]], // Maestro, Dankort, RuPay, Verve, Elo
  ['56', '58', [13, 14, 15, 16, 17, 18, 19]], // Maestro
  ['60', '60', [16, 17, 18, 19]], // Discover, RuPay, Hipercard
  ['62', '62', [16, 17, 18, 19]], // UnionPay
  ['63', '63', [13, 14, 15, 16, 17, 18, 19]], // Maestro, InstaPayment
  ['64', '65', [16, 17, 18, 19]], // Discover, RuPay, Troy
  ['67', '67', [13, 14, 15, 16, 17, 18, 19]], // Maestro
  ['81', '82', [16, 17, 18, 19]], // UnionPay, RuPay
  ['9792', '9792', [16]], // Troy
];

/** Bit n: a card may begin with these four digits and have n digits. */
const LENGTHS = new Int32Array(10_000);
for (const [first, last, lengths] of ISSUERS) {
  const bits = lengths.reduce((all, length) => all | (1 << length), 0);
  for (let prefix = Number(first.padEnd(4, '0')); prefix <= Number(last.padEnd(4, '9')); prefix++)
    LENGTHS[prefix]! |= bits;
}

/** A payment card: issuer, length, Luhn, and groups as cards have them. The longest one from the chain's first group on. */
export function card(subject: Subject, chain: NumberChain): Span | undefined {
  const { digits, sizes, length, groups } = chain;
  if (length < MIN_DIGITS) return undefined;
  const lengths = LENGTHS[digits[0]! * 1000 + digits[1]! * 100 + digits[2]! * 10 + digits[3]!]!;
  if (lengths === 0) return undefined;
  let found = 0;
  for (let group = 0, count = 0; group < groups && count < MAX_DIGITS; group++) {
    count += sizes[group]!;
    if (count > MAX_DIGITS || (group > 0 && chain.gaps[group - 1] === 0)) break;
    if ((lengths & (1 << count)) === 0 || count < MIN_DIGITS || !isWritten(chain, group + 1)) continue;
    if (luhn(digits, count) && chain.standsAlone(subject, group + 1)) found = group + 1;
  }
  return found === 0 ? undefined : { start: chain.starts[0]!, end: chain.ends[found - 1]! };
}

/** In one group; by fours; as American Express and Diners Club print them; the old Visa of 13; Maestro of 19. */
function isWritten({ sizes }: NumberChain, groups: number): boolean {
  const [first, second, third, fourth] = sizes as unknown as [number, number, number, number];
  if (groups === 1) return true;
  if (groups === 2) return (first === 6 && second === 13) || (first === 8 && second === 8);
  if (groups === 3 && first === 4 && second === 6) return third === 5 || third === 4;
  if (groups === 4 && first === 4 && second === 3 && third === 3) return fourth === 3;
  for (let group = 0; group < groups - 1; group++) if (sizes[group] !== 4) return false;
  return sizes[groups - 1]! <= 4;
}
