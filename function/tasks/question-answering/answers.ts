import { createHash } from 'node:crypto';

/** An answer: a piece of the context, in UTF-16 code units, `end` exclusive. */
export interface Answer {
  answer: string;
  /** The sum of the probabilities of the spans that give this text, so it may exceed 1. */
  score: number;
  start: number;
  end: number;
}

/** UTF-16 code units of the longest text that is a key itself. Longer texts are hashed: copies of answers of half a megabyte would fill the memory. */
const LONGEST_KEY = 1024;

function keyOf(answer: string): string {
  const text = answer.toLowerCase();
  return text.length <= LONGEST_KEY ? text : createHash('sha256').update(text, 'utf16le').digest('hex');
}

export interface Ranking {
  /** Adds a candidate. Add them in the order of the windows, and within a window best first. */
  add(candidate: Answer): void;
  /**
   * The best answers.
   *
   * @param count how many at most
   * @param nullScore the score of "", which says that there is no answer; it is never merged. Absent: "" is no candidate
   */
  best(count: number, nullScore?: number): Answer[];
}

/**
 * Merges answers whose texts differ in case only, by adding their scores to the first, and ranks them, best first.
 *
 * Source: `postprocess` of Hugging Face's QuestionAnsweringPipeline.
 */
export function createRanking(): Ranking {
  const merged = new Map<string, Answer>();
  return {
    add(candidate) {
      const key = keyOf(candidate.answer);
      const known = merged.get(key);
      if (known === undefined) merged.set(key, { ...candidate });
      else known.score += candidate.score;
    },
    best(count, nullScore) {
      const answers = [...merged.values()];
      if (nullScore !== undefined) answers.push({ answer: '', score: nullScore, start: 0, end: 0 });
      return answers.sort((a, b) => b.score - a.score).slice(0, count);
    },
  };
}
