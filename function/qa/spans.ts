/** A candidate answer in one window: tokens `start` to `end`, both inclusive, counted in the window. */
export interface Span {
  start: number;
  end: number;
  /** P(start) * P(end), between 0 and 1. */
  score: number;
}

/** What a window says: the context tokens stand in `[first, end)` of the sequence, [CLS] at 0. */
export interface WindowLogits {
  startLogits: ArrayLike<number>;
  endLogits: ArrayLike<number>;
  first: number;
  end: number;
}

/**
 * Softmax over [CLS] and the context tokens alone. Hugging Face sets every other logit to -10000 first, which is the same.
 *
 * @returns probabilities of tokens `[first, end)`; that of [CLS] takes its share and is left out
 */
export function maskedSoftmax(logits: ArrayLike<number>, first: number, end: number): Float64Array {
  let max = logits[0]!;
  for (let i = first; i < end; i++) max = Math.max(max, logits[i]!);
  const probabilities = new Float64Array(end - first);
  let sum = Math.exp(logits[0]! - max);
  for (let i = first; i < end; i++) {
    const weight = Math.exp(logits[i]! - max);
    probabilities[i - first] = weight;
    sum += weight;
  }
  for (let i = 0; i < probabilities.length; i++) probabilities[i]! /= sum;
  return probabilities;
}

/**
 * The best spans of a window, best first: a scan of the band of `maxAnswerLen` tokens, not of the whole square.
 *
 * @param maxAnswerLen most tokens of an answer
 * @param count how many spans at most
 */
export function bestSpans(window: WindowLogits, maxAnswerLen: number, count: number): Span[] {
  const { first, end } = window;
  const starts = maskedSoftmax(window.startLogits, first, end);
  const ends = maskedSoftmax(window.endLogits, first, end);
  const best: Span[] = [];
  for (let start = 0; start < starts.length; start++) {
    const last = Math.min(start + maxAnswerLen, ends.length);
    for (let stop = start; stop < last; stop++) {
      const score = starts[start]! * ends[stop]!;
      if (best.length === count && score <= best[count - 1]!.score) continue;
      let at = best.length;
      while (at > 0 && best[at - 1]!.score < score) at--;
      best.splice(at, 0, { start: first + start, end: first + stop, score });
      if (best.length > count) best.pop();
    }
  }
  return best;
}
