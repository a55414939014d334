import type { JsonNode } from './node.ts';

/** A number with fewer digits before its point is nobody's number. */
const LONG_NUMBER = 7;
const POINT = 0x2e;
const MINUS = 0x2d;
const PLUS = 0x2b;
const LITERAL = /^(?:true|false|null|NaN|-?Infinity)$/;
const NUMBER = /^[-+]?[0-9.][-+0-9.eE]*$/;

const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;

/** @returns undefined if it is neither a number nor a word of JSON */
export function kindOfScalar(text: string, start: number, end: number): 'number' | 'literal' | undefined {
  if (isPlainNumber(text, start, end)) return 'number';
  const written = text.slice(start, end);
  return NUMBER.test(written) ? 'number' : LITERAL.test(written) ? 'literal' : undefined;
}

/** Digits and points: NUMBER takes them too, but most numbers are such. */
function isPlainNumber(text: string, start: number, end: number): boolean {
  if (start === end) return false;
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    if (!isDigit(unit) && unit !== POINT) return false;
  }
  return true;
}

/** Whether it may be the number of a card or a telephone: with many digits before its point, or written as only a look at its value tells. */
export function isLongNumber({ source: { text }, start, end }: JsonNode): boolean {
  const first = text.charCodeAt(start) === MINUS ? start + 1 : start;
  let at = first;
  while (at < end && isDigit(text.charCodeAt(at))) at++;
  if (at - first >= LONG_NUMBER) return true;
  if (at < end && text.charCodeAt(at) !== POINT) return true;
  for (at++; at < end; at++) if (!isDigit(text.charCodeAt(at))) return true;
  return false;
}

/** @returns the end of letters, digits, signs and points */
export function endOfScalar(text: string, start: number): number {
  let at = start;
  while (at < text.length && isOfScalar(text.charCodeAt(at))) at++;
  return at;
}

function isOfScalar(unit: number): boolean {
  if (unit < 0x41) return isDigit(unit) || unit === POINT || unit === MINUS || unit === PLUS;
  return unit <= 0x5a || (unit >= 0x61 && unit <= 0x7a);
}
