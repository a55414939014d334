/**
 * Exact match and F1 as the SQuAD scripts compute them: evaluate-v1.1.py and evaluate-v2.0.py, P. Rajpurkar et al.
 * Both normalise texts in the same way. They differ in how they score a question that has no answer.
 */

/** Python's `string.punctuation`. It is that of ASCII: a typographic quotation mark stays. */
const PUNCTUATION = /[!-/:-@[-`{-~]/g;
/** Python's `\b` knows the letters and digits of every script. */
const ARTICLES = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;
/** The white space of Python's `str.split()`, which differs from `\s` in JavaScript. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: Python's white space has them
const WHITE_SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

/** The words of a text in lower case, without punctuation and articles. */
export function normalizedWords(text: string): string[] {
  const bare = text.toLowerCase().replace(PUNCTUATION, '').replace(ARTICLES, ' ');
  return bare.split(WHITE_SPACE).filter((word) => word !== '');
}

/** 1 where prediction and expectation are the same words in the same order, else 0. */
export function exactMatch(predicted: string, expected: string): number {
  return normalizedWords(predicted).join(' ') === normalizedWords(expected).join(' ') ? 1 : 0;
}

/** The harmonic mean of precision and recall over words, 0 to 1; 0 where no word is shared, as in v1.1. */
export function f1(predicted: string, expected: string): number {
  const got = normalizedWords(predicted);
  const wanted = normalizedWords(expected);
  const shared = countShared(got, wanted);
  if (shared === 0) return 0;
  const precision = shared / got.length;
  const recall = shared / wanted.length;
  return (2 * precision * recall) / (precision + recall);
}

/** As `f1`, but two texts without any word agree, as in v2.0. */
export function f1OrBothEmpty(predicted: string, expected: string): number {
  const words = [predicted, expected].map((text) => normalizedWords(text).length);
  return words.includes(0) ? Number(words.every((count) => count === 0)) : f1(predicted, expected);
}

function countShared(one: readonly string[], other: readonly string[]): number {
  const left = new Map<string, number>();
  for (const word of one) left.set(word, (left.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of other) {
    const count = left.get(word) ?? 0;
    if (count > 0) shared++;
    left.set(word, count - 1);
  }
  return shared;
}

/** A question that was asked, with what its score follows from. */
export interface Judged {
  /** The annotators' answers; none where the text has no answer. */
  answers: readonly string[];
  /** The function's answer; empty where it found none. Undefined where the question failed, which scores 0. */
  predicted?: string;
}

/** What evaluate-v1.1.py prints. Every question has an answer. */
export interface FiguresV1 {
  /** Percent. */
  exact_match: number;
  /** Percent. */
  f1: number;
}

export function figuresV1(judged: readonly Judged[]): FiguresV1 {
  return {
    exact_match: percent(judged, ({ answers, predicted }) => best(exactMatch, answers, predicted)),
    f1: percent(judged, ({ answers, predicted }) => best(f1, answers, predicted)),
  };
}

/** What evaluate-v2.0.py prints: the figures of all questions, of those with an answer (`HasAns_`), and of those without (`NoAns_`). */
export type FiguresV2 = Record<string, number>;

export function figuresV2(judged: readonly Judged[]): FiguresV2 {
  const parts = [
    ['', judged],
    ['HasAns_', judged.filter(({ answers }) => answers.length > 0)],
    ['NoAns_', judged.filter(({ answers }) => answers.length === 0)],
  ] as const;
  return Object.fromEntries(
    parts.flatMap(([prefix, part]) =>
      part.length === 0
        ? []
        : [
            [`${prefix}exact`, percent(part, (each) => best(exactMatch, golden(each), each.predicted))],
            [`${prefix}f1`, percent(part, (each) => best(f1OrBothEmpty, golden(each), each.predicted))],
            [`${prefix}total`, part.length],
          ],
    ),
  );
}

/** In v2.0 an answer of articles and punctuation only does not count. Where no answer is left, the empty text is the right one. */
function golden({ answers }: Judged): readonly string[] {
  const texts = answers.filter((text) => normalizedWords(text).length > 0);
  return texts.length > 0 ? texts : [''];
}

function best(score: (predicted: string, expected: string) => number, answers: readonly string[], predicted?: string) {
  return predicted === undefined ? 0 : Math.max(...answers.map((expected) => score(predicted, expected)));
}

function percent(judged: readonly Judged[], score: (each: Judged) => number): number {
  let sum = 0;
  for (const each of judged) sum += score(each);
  return (100 * sum) / judged.length;
}
