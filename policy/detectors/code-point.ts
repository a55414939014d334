import { code, IDEOGRAPH, LETTER, OTHER } from './characters.ts';

/** The code point cannot be seen: the neighbours belong together. */
export const INVISIBLE = 0x83;
/** From here on: a number of two digits, as U+2469 is. */
export const TWO_DIGITS = 0x90;

const DIGIT = /^\p{Nd}$/u;
const TWO = /^[0-9]{2}$/;
const UNSEEN = /^[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Me}]$/u;
const SPACE = /^\p{Z}$/u;
const DASH = /^[\p{Pd}\u2212]$/u;
/** The dots of IDNA (UTS 46, section 2.3), of Arabic and of Hindi, and dots in the middle of a line. */
const DOT = /^[\u3002\u06d4\u0964\u00b7\u2022\u2219\u22c5\u30fb]$/u;
const SLASH = /^[\u2044\u2215]$/u;
const UNSPACED = /^[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]$/u;
const WORD = /^[\p{L}\p{M}\p{N}]$/u;

/** Decimal digits lie in runs of ten, zero first (Unicode Standard, section 4.6). */
function digitValue(point: number): number {
  let zero = point;
  while (DIGIT.test(String.fromCodePoint(zero - 1))) zero--;
  return (point - zero) % 10;
}

/** What a code point from U+0080 on looks like: an ASCII code, or one of the codes of `characters.ts` and above. */
function look(point: number): number {
  const character = String.fromCodePoint(point);
  if (UNSEEN.test(character)) return INVISIBLE;
  if (DIGIT.test(character)) return code('0') + digitValue(point);
  const compatible = character.normalize('NFKC');
  if (compatible.length === 1 && compatible < '\u0080') return code(compatible);
  if (TWO.test(compatible)) return TWO_DIGITS + Number(compatible);
  if (SPACE.test(character)) return code(' ');
  if (DASH.test(compatible)) return code('-');
  if (DOT.test(compatible)) return code('.');
  if (SLASH.test(compatible)) return code('/');
  if (compatible === '\u2236') return code(':');
  if (!WORD.test(character)) return OTHER;
  return UNSPACED.test(character) ? IDEOGRAPH : LETTER;
}

/** Planes 0 and 1 hold all look-alikes but the tags of plane 14. 0: not looked at yet. */
const KNOWN_POINTS = 0x20000;
let known: Uint8Array | undefined;

/** As `look`, remembered: most texts use few characters. */
export function lookOf(point: number): number {
  if (point >= KNOWN_POINTS) return point >= 0xe0000 ? INVISIBLE : IDEOGRAPH;
  known ??= new Uint8Array(KNOWN_POINTS);
  const before = known[point]!;
  if (before !== 0) return before;
  const now = look(point);
  known[point] = now;
  return now;
}
