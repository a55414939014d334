import { isIPv6 } from 'node:net';
import { code, DIGIT, HEX, WORD } from './characters.ts';
import type { NumberChain } from './number-chain.ts';
import { asciiOf, type Span, type Subject } from './subject.ts';
import { isPrecededBy } from './surroundings.ts';

const COLON = code(':');
const POINT = code('.');
/** The longest form: six groups of four, and an IPv4 address (RFC 4291, section 2.2). */
const MAX_IPV6 = 45;
const VERSION = /(?:version|firmware|release|build|\bver|\bv)[ .:]{0,2}$/i;

/** Four numbers of up to 255, with dots: not the first four of five, and no version, of which the text says so or that starts with 0. */
export function ipv4(subject: Subject, chain: NumberChain): Span | undefined {
  const { starts, sizes, digits, gaps } = chain;
  let digit = 0;
  for (let group = 0; group < 4; group++) {
    if (group < 3 && gaps[group] !== POINT) return undefined;
    const size = sizes[group]!;
    const isPadded = digits[digit] === 0 && (size > 1 || group === 0);
    if (size === 0 || size > 3 || isPadded) return undefined;
    let value = 0;
    for (const after = digit + size; digit < after; digit++) value = value * 10 + digits[digit]!;
    if (value > 255) return undefined;
  }
  const span = { start: starts[0]!, end: chain.ends[3]! };
  if (!standsAlone(subject, span) || isPrecededBy(VERSION, subject, span.start)) return undefined;
  return span;
}

function standsAlone({ codes }: Subject, { start, end }: Span): boolean {
  if (WORD[codes[end]!] === 1 || (codes[end] === POINT && DIGIT[codes[end + 1]!] === 1)) return false;
  return codes[start - 1] !== POINT || DIGIT[codes[start - 2]!] === 0;
}

/**
 * An IPv6 address around its first colon. Left out is what says nothing about anybody, or is more often code or a time:
 * fewer than four digits (`::`, `::1`, `1::2`), and two words of letters (`dead::beef`).
 */
export function ipv6(subject: Subject, at: number): Span | undefined {
  const { codes } = subject;
  const isDouble = codes[at + 1] === COLON;
  if (!isDouble && (HEX[codes[at + 1]!] === 0 || WORD[codes[at - 1]!] === 0)) return undefined;
  let start = at;
  while (at - start < 5 && HEX[codes[start - 1]!] === 1) start--;
  // This colon has been seen from the one before these digits.
  if (codes[start - 1] === COLON && (WORD[codes[start - 2]!] === 1 || codes[start - 2] === COLON)) return undefined;
  if (WORD[codes[start - 1]!] === 1) {
    if (isDouble) return undefined;
    start = at + 1; // a word and its colon, as in ip:2001:db8::1
  }
  let [end, colons, digits, hasNumber] = [start, 0, 0, false];
  for (; end - start <= MAX_IPV6 + 1; end++) {
    const here = codes[end]!;
    if (here === COLON) colons++;
    else if (HEX[here] === 1) digits++;
    else if (here !== POINT) break;
    if (DIGIT[here] === 1) hasNumber = true;
  }
  if (colons < 2 || digits < 4 || WORD[codes[end]!] === 1) return undefined;
  if (codes[end - 1] === POINT) end--;
  if (codes[end - 1] === COLON && codes[end - 2] !== COLON) end--;
  if (!hasNumber && colons < 3) return undefined;
  return isIPv6(asciiOf(subject, start, end)) ? { start, end } : undefined;
}
