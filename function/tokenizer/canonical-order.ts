/** A character of a canonical decomposition, and whether it is the first character of that decomposition. */
export interface Part {
  text: string;
  first: boolean;
}

/** Marks of the two most frequent combining classes. The class of any mark differs from at least one of them. */
const ABOVE = '\u0301';
const BELOW = '\u0316';
const MARK = /^\p{M}/u;

/** Whether a character has a combining class, so that canonical ordering can move it. */
export function isCombining(character: string): boolean {
  if (character < '\u0300' || !MARK.test(character)) return false;
  return [ABOVE, BELOW].some((other) => goesBefore(character, other) || goesBefore(other, character));
}

/**
 * Puts characters that all have a combining class into canonical order: by class, and within a class as they came. JavaScript does not tell a mark's class, but it orders
 * two marks. (The Rust tokenizer does not move marks younger than Unicode 13.)
 *
 * Each different mark is sorted once, as a text can be one run of a million marks.
 */
export function inCanonicalOrder(run: readonly Part[]): Part[] {
  const marks = [...new Set(run.map(({ text }) => text))].sort((a, b) => {
    if (goesBefore(a, b)) return -1;
    return goesBefore(b, a) ? 1 : 0;
  });
  const classes = new Map<string, number>();
  let combiningClass = 0;
  for (const [i, mark] of marks.entries()) {
    if (i > 0 && goesBefore(marks[i - 1]!, mark)) combiningClass++;
    classes.set(mark, combiningClass);
  }
  return run.toSorted((a, b) => classes.get(a.text)! - classes.get(b.text)!);
}

/** Whether the first has the lower class. */
function goesBefore(a: string, b: string): boolean {
  return a !== b && (b + a).normalize('NFD') === a + b;
}
