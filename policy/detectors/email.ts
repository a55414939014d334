import { ALPHABETIC, type CharacterClass, code, IDEOGRAPH, WORD } from './characters.ts';
import type { Span, Subject } from './subject.ts';

/** RFC 5321, sections 4.5.3.1.1 and 4.5.3.1.2, and RFC 1035, section 2.3.4. */
const MAX_LOCAL = 64;
const MAX_DOMAIN = 255;
const DOT = code('.');
const DASH = code('-');
const QUOTE = code('"');
const NEWLINE = code('\n');

/** Of the atext of RFC 5322 what people use: not `/ = ? & { | } ` and the backtick, which surround addresses in URLs and code. */
const LOCAL = new Uint8Array(WORD);
LOCAL[IDEOGRAPH] = 1;
for (const character of "._%+-'~!#$^*") LOCAL[code(character)] = 1;

const LABEL = new Uint8Array(WORD);
LABEL[IDEOGRAPH] = 1;
LABEL[DASH] = 1;

/** An e-mail address, also of an international domain (RFC 6531), around its at sign. */
export function email({ codes }: Subject, at: number): Span | undefined {
  const start = codes[at - 1] === QUOTE ? quotedStart(codes, at) : localStart(codes, at);
  if (start === at) return undefined;
  const end = domainEnd(codes, at + 1);
  return end === 0 ? undefined : { start, end };
}

/** Place of the first character of the local part; `at` if there is none. */
function localStart(codes: Uint8Array, at: number): number {
  const takesIdeographs = codes[at - 1] === IDEOGRAPH;
  let start = at;
  while (at - start < MAX_LOCAL && LOCAL[codes[start - 1]!] === 1) {
    if (codes[start - 1] === IDEOGRAPH && !takesIdeographs) break;
    start--;
  }
  while (start < at && !isFirst(codes[start]!)) start++;
  return start;
}

const isFirst = (of: number): boolean => WORD[of] === 1 || of === IDEOGRAPH || of === code('_') || of === code('+');

/** As in `"john doe"@example.org`. */
function quotedStart(codes: Uint8Array, at: number): number {
  for (let start = at - 2; at - start <= MAX_LOCAL && codes[start] !== 0 && codes[start] !== NEWLINE; start--) {
    if (codes[start] === QUOTE) return start === at - 2 || WORD[codes[start - 1]!] === 1 ? at : start;
  }
  return at;
}

/** After the last label that can be a top-level domain; 0 if there is none after a dot. */
function domainEnd(codes: Uint8Array, from: number): number {
  let end = 0;
  let label = from;
  for (let dots = 0; label - from < MAX_DOMAIN && LABEL[codes[label]!] === 1 && codes[label] !== DASH; dots++) {
    const [after, top] = readLabel(codes, label, dots > 0);
    if (top > 0) end = top;
    if (codes[after] !== DOT) break;
    label = after + 1;
  }
  return end;
}

/** Places after the label, and after the part of it that can be a top-level domain (0: no part). */
function readLabel(codes: Uint8Array, start: number, mayBeTop: boolean): [after: number, top: number] {
  let place = start;
  while (place - start < MAX_DOMAIN && ALPHABETIC[codes[place]!] === 1) {
    const isSentence = codes[place] === IDEOGRAPH && place - start >= 2 && isAscii(codes[place - 1]!);
    if (isSentence && mayBeTop) return [place, place];
    place++;
  }
  let top = mayBeTop && place - start >= 2 && !isPartOfWord(codes, place, ALPHABETIC) ? place : 0;
  while (place - start < MAX_DOMAIN && LABEL[codes[place]!] === 1) place++;
  // The ASCII form of an international domain (RFC 5890): a top-level domain with digits.
  if (mayBeTop && isPunycode(codes, start)) top = place;
  return [place, top];
}

const isAscii = (of: number): boolean => of < 0x80;
const isPartOfWord = (codes: Uint8Array, place: number, letters: CharacterClass): boolean =>
  WORD[codes[place]!] === 1 || letters[codes[place]!] === 1;
const isPunycode = (codes: Uint8Array, start: number): boolean =>
  (codes[start]! | 32) === code('x') &&
  (codes[start + 1]! | 32) === code('n') &&
  codes[start + 2] === DASH &&
  codes[start + 3] === DASH;
