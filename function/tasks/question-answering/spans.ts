/** A candidate answer in one window: tokens `start` to `end`, both inclusive, counted in the window. */
export interface Span {
  start: number;
  end: number;
  /** P(start) * P(end), above 0 and at most 1. */
  score: number;
}

/** The model's output for a window, and the tokens that may be part of an answer. */
export interface WindowLogits {
  startLogits: ArrayLike<number>;
  endLogits: ArrayLike<number>;
  /** The tokens that may be chosen, in order. [CLS] at 0 is not one of them, but has its share of the probability. */
  allowed: readonly number[];
}

export interface WindowSpans {
  /** Best first. */
  spans: Span[];
  /** P(start = [CLS]) * P(end = [CLS]): the probability that the window has no answer. */
  nullScore: number;
}

/**
 * Softmax over [CLS] and the allowed tokens alone, in single precision as in numpy. Hugging Face sets every other logit to -10000 first,
 * with the same result.
 *
 * @returns the probability of [CLS], then those of the allowed tokens
 */
export function maskedSoftmax(logits: ArrayLike<number>, allowed: readonly number[]): Float32Array {
  const chosen = new Float32Array(allowed.length + 1);
  chosen[0] = logits[0]!;
  for (let i = 0; i < allowed.length; i++) chosen[i + 1] = logits[allowed[i]!]!;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < chosen.length; i++) max = Math.max(max, chosen[i]!);
  let sum = 0;
  for (let i = 0; i < chosen.length; i++) {
    chosen[i] = Math.exp(Math.fround(chosen[i]! - max));
    sum += chosen[i]!;
  }
  for (let i = 0; i < chosen.length; i++) chosen[i] = chosen[i]! / Math.fround(sum);
  return chosen;
}

/**
 * The best spans of a window. Only pairs of tokens at most `maxAnswerLen` apart are looked at, not all pairs.
 *
 * Source: `select_starts_ends` and `decode_spans` of Hugging Face's QuestionAnsweringPipeline. Where a window has fewer spans than asked
 * for, Hugging Face's adds spans of score 0 (which begin after their end, or at [CLS]), in an order that depends on the processor's
 * vector units. Ours adds none.
 *
 * @param maxAnswerLen most tokens of an answer
 * @param count how many spans at most
 */
export function bestSpans(window: WindowLogits, maxAnswerLen: number, count: number): WindowSpans {
  const { allowed } = window;
  const starts = maskedSoftmax(window.startLogits, allowed);
  const ends = maskedSoftmax(window.endLogits, allowed);
  let best: Span[] = [];
  let threshold = 0;
  const keepBest = () => {
    // The sort is stable: of spans with equal scores, the one that was found first comes first.
    best.sort((a, b) => b.score - a.score);
    if (best.length < count) return;
    best = best.slice(0, count);
    threshold = best[count - 1]!.score;
  };
  const room = Math.max(2 * count, 64);
  for (let i = 0; i < allowed.length; i++) {
    const start = allowed[i]!;
    for (let j = i; j < allowed.length && allowed[j]! - start < maxAnswerLen; j++) {
      const score = Math.fround(starts[i + 1]! * ends[j + 1]!);
      if (score <= threshold) continue;
      best.push({ start, end: allowed[j]!, score });
      if (best.length === room) keepBest();
    }
  }
  keepBest();
  return { spans: best, nullScore: Math.fround(starts[0]! * ends[0]!) };
}
