import { code, DIGIT, WORD } from './characters.ts';
import type { Subject } from './subject.ts';

/** Nobody writes one number in more groups, or a group of more digits. */
const MAX_GROUPS = 9;
const MAX_DIGITS = 40;
/** A NIR of Corsica has six digits before its letter, every other number seven or more. An IPv4 address is read by its dots. */
const MIN_DIGITS = 6;
const PLUS = code('+');
const POINT = code('.');
const OPEN = code('(');
const CLOSE = code(')');
const ZERO = code('0');
const DASH = code('-');
const SLASH = code('/');

const JOINS = new Uint8Array(256);
for (const character of ' ./-()') JOINS[code(character)] = 1;

/**
 * Groups of digits that may be one number, such as `4012 8888 8888 1881` or `(415) 555-0132`, from one group on. One to
 * three characters lie between two groups. There is one chain, read anew for each group of a text: it allocates nothing.
 */
export class NumberChain {
  /** Place of the first digit, and after the last one, by group. */
  readonly starts = new Int32Array(MAX_GROUPS + 1);
  readonly ends = new Int32Array(MAX_GROUPS + 1);
  readonly sizes = new Int32Array(MAX_GROUPS + 1);
  /** What lies between a group and the next one: the code of one separator, or 0 if it is a parenthesis or several. */
  readonly gaps = new Uint8Array(MAX_GROUPS + 1);
  /** Values of all digits, in order. */
  readonly digits = new Uint8Array(MAX_DIGITS);
  groups = 0;
  /** How many digits the chain has. */
  length = 0;

  /** Whether there are enough digits for any number. */
  get isLong(): boolean {
    return this.length >= MIN_DIGITS || (this.gaps[0] === POINT && this.gaps[1] === POINT);
  }

  /** Reads from a group that begins at a place; up to 40 digits and 9 groups. */
  read({ codes }: Subject, at: number): void {
    let [place, length, groups] = [at, 0, 0];
    this.sizes.fill(0);
    for (;;) {
      const start = place;
      while (DIGIT[codes[place]!] === 1 && length < MAX_DIGITS) this.digits[length++] = codes[place++]! - 0x30;
      this.starts[groups] = start;
      this.ends[groups] = place;
      this.sizes[groups] = place - start;
      this.gaps[groups++] = 0;
      if (length === MAX_DIGITS || groups === MAX_GROUPS) break;
      const next = this.#nextGroup(codes, place);
      if (next === 0) break;
      this.gaps[groups - 1] = next === place + 1 && codes[place] !== OPEN && codes[place] !== CLOSE ? codes[place]! : 0;
      place = next;
    }
    this.groups = groups;
    this.length = length;
  }

  /** Place of the group after this one; 0 if there is none. */
  #nextGroup(codes: Uint8Array, end: number): number {
    for (let place = end; place <= end + 3; place++) {
      const here = codes[place]!;
      if (DIGIT[here] === 1) return place === end ? 0 : place;
      if (JOINS[here] === 0 || (place > end && here === codes[place - 1])) return 0;
    }
    return 0;
  }

  /**
   * Whether a number can begin at a place, the first of a group of digits. Most groups of a text are years, times and
   * fractions: this look is all that they cost.
   */
  static canBegin({ codes }: Subject, at: number, end: number): boolean {
    const [before, after] = [codes[at - 1]!, codes[end]!];
    if (isTight(before) && DIGIT[codes[at - 2]!] === 1 && after !== POINT) return false;
    if (end - at >= MIN_DIGITS) return true;
    if (JOINS[after] === 0 || (DIGIT[codes[end + 1]!] === 0 && JOINS[codes[end + 1]!] === 0)) return false;
    return !(end - at === 1 && codes[at] === ZERO && after === POINT);
  }

  /** Whether the first groups have these sizes, with one separator between each two. */
  hasSizes(...sizes: readonly number[]): boolean {
    for (let group = 0; group < sizes.length; group++) {
      if (this.sizes[group] !== sizes[group]) return false;
      if (group > 0 && this.gaps[group - 1] === 0) return false;
    }
    return this.groups >= sizes.length;
  }

  /** Whether the same separator lies between each two of the first groups. */
  isUniform(groups: number): boolean {
    for (let gap = 1; gap < groups - 1; gap++) if (this.gaps[gap] !== this.gaps[0]) return false;
    return true;
  }

  /** Whether the first groups are a number of their own: no part of a word, of a fraction, or of a longer number. */
  standsAlone({ codes }: Subject, groups: number): boolean {
    const [start, end] = [this.starts[0]!, this.ends[groups - 1]!];
    if (WORD[codes[end]!] === 1 || (isTight(codes[end]!) && DIGIT[codes[end + 1]!] === 1)) return false;
    const before = codes[start - 1]!;
    return WORD[before] === 0 && before !== PLUS && !(isTight(before) && DIGIT[codes[start - 2]!] === 1);
  }
}

/** A space also stands between two numbers; these stand within one. */
const isTight = (of: number): boolean => of === DASH || of === POINT || of === SLASH;
