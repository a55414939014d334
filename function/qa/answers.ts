/** An answer: a piece of the context, in UTF-16 code units, `end` exclusive. */
export interface Answer {
  answer: string;
  /** The sum of the probabilities of the spans that give this text, so it may exceed 1. */
  score: number;
  start: number;
  end: number;
}

/**
 * Merges answers whose texts are equal but for case, adding their scores to the first, and ranks them, best first.
 *
 * Source: `postprocess` of Hugging Face's QuestionAnsweringPipeline.
 *
 * @param candidates in the order of their windows, best first within each
 * @param count how many answers at most
 * @param nullScore that there is no answer: then "" is one more, never merged. Absent: there is always an answer
 */
export function rankAnswers(candidates: Iterable<Answer>, count: number, nullScore?: number): Answer[] {
  const merged = new Map<string, Answer>();
  for (const candidate of candidates) {
    const key = candidate.answer.toLowerCase();
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { ...candidate });
    else known.score += candidate.score;
  }
  const answers = [...merged.values()];
  if (nullScore !== undefined) answers.push({ answer: '', score: nullScore, start: 0, end: 0 });
  return answers.sort((a, b) => b.score - a.score).slice(0, count);
}
