/** A character of a canonical decomposition, and whether it is the first of what it was made of. */
export interface Part {
  text: string;
  first: boolean;
}

/** Marks of the two most frequent combining classes: any other mark that has a class at all has another than one of them. */
const ABOVE = '\u0301';
const BELOW = '\u0316';
const MARK = /^\p{M}/u;

/** Whether a character has a combining class, so that the canonical order may move it. */
export function isCombining(character: string): boolean {
  if (character < '\u0300' || !MARK.test(character)) return false;
  return [ABOVE, BELOW].some((other) => goesBefore(character, other) || goesBefore(other, character));
}

/**
 * Characters that all have a combining class, in the canonical order: by class, and within one as they came. JavaScript tells no class, but it orders two
 * marks. (The Rust tokenizer leaves marks younger than Unicode 13 where they stand.)
 *
 * Every class is found once for each different mark: a text can be one run of a million marks.
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

/** Whether the class of the first is the lower one. */
function goesBefore(a: string, b: string): boolean {
  return a !== b && (b + a).normalize('NFD') === a + b;
}
