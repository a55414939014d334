import { internationalLength } from './calling-codes.ts';
import { code, DIGIT, WORD } from './characters.ts';
import { nationalGroups } from './national-numbers.ts';
import type { NumberChain } from './number-chain.ts';
import { asciiOf, type Span, type Subject } from './subject.ts';
import { isNearInText, isPrecededBy } from './surroundings.ts';
import { NHS_LABEL } from './uk-nhs.ts';

const [PLUS, OPEN, CLOSE, POINT] = ['+', '(', ')', '.'].map(code) as [number, number, number, number];
/** What says that the number behind it is one to call. */
const LABEL =
  /phone|t[eé]l[eé]f|handy|mobile|m[oó]vil|rufnummer|whats.?app|hotline|(?<![a-z.])(?:t[eé]l|cell|call|dial|sms|fax|mobil|llam[aeo]|appel|ring|anruf|text me|reach)/i;
const EXTENSION = /^ ?(?:x|ext\.? ?|extension )\d{1,6}(?![0-9A-Za-z])/;
const LONGEST_EXTENSION = 18;
const MIN_LABELLED = 7;
const MAX_COUNTRY = 3;
/** Digits behind 00 where no separator says that it is a telephone number. */
const MIN_DIALLED = 9;
/** A number with an area code, and one digit to get a line; times in milliseconds have 13. */
const MAX_LABELLED = 12;

/**
 * A telephone number from the first group of a chain on: international with `+` or `00`; national as people in the US, the
 * UK, Germany, France and Spain separate it; any other with 7 to 12 digits behind a word such as "phone". Extensions belong
 * to it.
 */
export function phone(subject: Subject, chain: NumberChain): Span | undefined {
  const { codes } = subject;
  const start = chain.starts[0]!;
  const plus =
    codes[start - 1] === PLUS ? start - 1 : codes[start - 1] === OPEN && codes[start - 2] === PLUS ? start - 2 : 0;
  if (plus > 0) {
    return WORD[codes[plus - 1]!] === 1 ? undefined : spanOf(subject, chain, plus, international(subject, chain, 0));
  }
  if (isInside(codes, start)) return undefined;
  const isBracketed = codes[start - 1] === OPEN && codes[chain.ends[0]!] === CLOSE;
  const first = isBracketed ? start - 1 : start;
  const isDialled = chain.digits[0] === 0 && chain.digits[1] === 0 && chain.digits[2] !== 0;
  const found = isDialled ? international(subject, chain, 2) : nationalGroups(chain, isBracketed);
  if (found > 0 && isWhole(subject, chain, found)) {
    const span = spanOf(subject, chain, first, found);
    return span && isLikeNhs(chain, found) && isNearInText(NHS_LABEL, subject, span) ? undefined : span;
  }
  const labelled = labelledGroups(subject, chain);
  if (labelled === 0 || !isPrecededBy(LABEL, subject, start)) return undefined;
  return spanOf(subject, chain, first, labelled);
}

/** Whether the digits before belong to the same number or word. */
function isInside(codes: Uint8Array, start: number): boolean {
  const before = codes[start - 1]!;
  return (
    WORD[before] === 1 ||
    ((before === POINT || before === code('-') || before === code('/')) && DIGIT[codes[start - 2]!] === 1)
  );
}

const isLikeNhs = ({ length, sizes }: NumberChain, groups: number): boolean =>
  (groups === 1 && length === 10) || (groups === 3 && sizes[0] === 3 && sizes[1] === 3 && sizes[2] === 4);

/** How many groups an international number has whose country code begins after so many digits; 0: it is none. */
function international(subject: Subject, chain: NumberChain, skipped: number): number {
  const { digits, sizes } = chain;
  const prefix = digits[skipped]! * 100 + digits[skipped + 1]! * 10 + digits[skipped + 2]!;
  const [shortest, most] = internationalLength(prefix);
  // Numbers are also filled up with zeros.
  const least = skipped > 0 && sizes[0]! > 2 + MAX_COUNTRY ? Math.max(shortest, MIN_DIALLED) : shortest;
  let [found, count] = [0, -skipped];
  for (let group = 0; group < chain.groups; group++) {
    // The zero of +44 (0)20 is not dialled.
    if (group > 0 && sizes[group] === 1 && isBracketedZero(subject, chain, group)) continue;
    count += sizes[group]!;
    if (count > most) break;
    if (count >= least && isWhole(subject, chain, group + 1)) found = group + 1;
  }
  return found;
}

function isBracketedZero({ codes }: Subject, { starts, ends }: NumberChain, group: number): boolean {
  const start = starts[group]!;
  return codes[start] === code('0') && codes[start - 1] === OPEN && codes[ends[group]!] === CLOSE;
}

/** Whether the number may end with so many groups: no word and no fraction goes on. */
function isWhole(subject: Subject, { ends, groups, gaps }: NumberChain, count: number): boolean {
  const end = ends[count - 1]!;
  if (WORD[subject.codes[end]!] === 1) return extensionAt(subject, end) > 0;
  const gap = count < groups ? gaps[count - 1]! : 0;
  return gap === 0 || gap === code(' ');
}

/** Behind a word that announces one: groups of two digits or more, and neither a date, a fraction nor a round number. */
function labelledGroups(subject: Subject, chain: NumberChain): number {
  const { sizes, groups, digits, gaps } = chain;
  let [found, count] = [0, 0];
  for (let group = 0; group < groups && (group === 0 || sizes[group]! > 1); group++) {
    count += sizes[group]!;
    if (count > MAX_LABELLED) break;
    if (count >= MIN_LABELLED && isWhole(subject, chain, group + 1)) found = group + 1;
  }
  if (found === 0 || (found === 2 && gaps[0] === POINT)) return 0;
  const isDate = found === 3 && (chain.hasSizes(4, 2, 2) || chain.hasSizes(2, 2, 4));
  const last = chain.ends[found - 1]!;
  const isRound = [1, 2, 3].every((back) => subject.codes[last - back] === code('0'));
  const isYears = found === 2 && chain.hasSizes(4, 4) && (digits[0] === 1 || digits[0] === 2);
  return isDate || isRound || isYears ? 0 : found;
}

function extensionAt(subject: Subject, end: number): number {
  const first = subject.codes[end] === code(' ') ? subject.codes[end + 1]! : subject.codes[end]!;
  if (first !== code('x') && first !== code('e')) return 0;
  const text = asciiOf(subject, end, Math.min(end + LONGEST_EXTENSION, subject.end));
  return EXTENSION.exec(text)?.[0].length ?? 0;
}

function spanOf(subject: Subject, chain: NumberChain, start: number, groups: number): Span | undefined {
  if (groups === 0) return undefined;
  const end = chain.ends[groups - 1]!;
  return { start, end: end + extensionAt(subject, end) };
}
