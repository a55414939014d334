import { code, DIGIT, SEPARATOR, upper, WORD } from './characters.ts';
import type { Span, Subject } from './subject.ts';

/** Length of the whole IBAN by country, and `n` where it has digits only: SWIFT, "IBAN Registry", release 101. */
const REGISTRY = `
  AD24 AE23n AL28 AT20n AZ28 BA20n BE16n BG22 BH22 BI27n BR29 BY28 CH21 CR22n CY28 CZ24n DE22n DJ27n DK18n DO28
  EE20n EG29n ES24n FI18n FK18 FO18n FR27 GB22 GE22 GI23 GL18n GR27 GT28 HN28 HR21n HU28n IE22 IL23n IQ23 IS26n
  IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20n LU20 LV21 LY25n MC27 MD24 ME22n MK19 MN20n MR27n MT31 MU30 NI28 NL18
  NO15n OM23 PK24 PL28n PS29 PT25n QA29 RO24 RS22n RU33 SA24 SC31 SD18n SE24n SI19n SK24n SM27 SO23n ST25n SV28
  TL23n TN24n TR26 UA29 VA22n VG24 XK20n YE30
`;
const MAX_LENGTH = 34;
const LETTERS = 26;
const [A, Z] = [code('A'), code('Z')];

const countryIndex = (first: number, second: number): number => (first - A) * LETTERS + (second - A);
const LENGTHS = new Uint8Array(LETTERS * LETTERS);
const TAKES_LETTERS = new Uint8Array(LETTERS * LETTERS);
for (const [, letters, length, digitsOnly] of REGISTRY.matchAll(/([A-Z]{2})([0-9]+)(n?)/g)) {
  const country = countryIndex(letters!.charCodeAt(0), letters!.charCodeAt(1));
  LENGTHS[country] = Number(length);
  TAKES_LETTERS[country] = digitsOnly === '' ? 1 : 0;
}

const values = new Uint8Array(MAX_LENGTH);

/**
 * An IBAN by its check digits, the group of digits at a place: the two letters of a country before it, its length, and
 * the remainder 1 modulo 97 (ISO 13616-1, ISO 7064 MOD 97-10). Single separators may stand anywhere behind them.
 */
export function iban({ codes }: Subject, at: number): Span | undefined {
  const start = at - 2;
  const [first, second] = [upper(codes[start]!), upper(codes[at - 1]!)];
  if (first < A || first > Z || second < A || second > Z || WORD[codes[start - 1]!] === 1) return undefined;
  const country = countryIndex(first, second);
  const length = LENGTHS[country]!;
  if (length === 0 || DIGIT[codes[at + 1]!] === 0) return undefined;
  let end = at;
  for (let place = 2; place < length; place++) {
    if (place > 3 && SEPARATOR[codes[end]!] === 1) end++;
    const here = upper(codes[end++]!);
    if (DIGIT[here] === 1) values[place] = here - 0x30;
    else if (here >= A && here <= Z && TAKES_LETTERS[country] === 1) values[place] = here - A + 10;
    else return undefined;
  }
  values[0] = first - A + 10;
  values[1] = second - A + 10;
  return WORD[codes[end]!] === 0 && remainder(length) === 1 ? { start, end } : undefined;
}

/** Of the number in which the first four characters stand last, and letters count as 10 to 35. */
function remainder(length: number): number {
  let rest = 0;
  for (let place = 4; place < length + 4; place++) {
    const value = values[place % length]!;
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}
