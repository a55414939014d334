import { DIGIT, SEPARATOR, upper, WORD } from './characters.ts';
import type { Span, Subject } from './subject.ts';

/** Length of the whole IBAN by country: SWIFT, "IBAN Registry", release 101. */
const REGISTRY = `
  AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29
  ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20
  LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29
  PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20
  YE30
`;
const MAX_LENGTH = 34;
const LETTERS = 26;
const [A, Z, SLASH] = [0x41, 0x5a, 0x2f];

const countryIndex = (first: number, second: number): number => (first - A) * LETTERS + (second - A);
const LENGTHS = new Uint8Array(LETTERS * LETTERS);
for (const [first, second, ...length] of REGISTRY.trim().split(/\s+/)) {
  LENGTHS[countryIndex(first!.charCodeAt(0), second!.charCodeAt(0))] = Number(length.join(''));
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
  const length = LENGTHS[countryIndex(first, second)]!;
  if (length === 0 || DIGIT[codes[at + 1]!] === 0) return undefined;
  let end = at;
  for (let place = 2; place < length; place++) {
    if (place > 3 && SEPARATOR[codes[end]!] === 1 && codes[end] !== SLASH) end++;
    const here = upper(codes[end++]!);
    if (DIGIT[here] === 1) values[place] = here - 0x30;
    else if (here >= A && here <= Z) values[place] = here - A + 10;
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
