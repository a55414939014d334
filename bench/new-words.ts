import { mulberry32 } from '../harness/random.ts';
import type { Question } from './subjects/serve.ts';

/** Words of a question and its context that occur in no question before it. */
export const NEW_WORDS = 12;

const SEED = 1;

/** An endless sequence of short questions. Each is full of words that no other has, so that a cache of words fills up. */
export function* newQuestions(): Generator<Question, never> {
  const random = mulberry32(SEED);
  for (let number = 1; ; number++) {
    // The number makes it unique.
    const word = () => `${letters(random, 5)}${number}`;
    const words = Array.from({ length: NEW_WORDS - 2 }, word);
    yield {
      id: `new-${number}`,
      question: `Who saw the ${word()} of ${word()}?`,
      context: `It was ${words.join(' ')}.`,
    };
  }
}

function letters(random: () => number, count: number): string {
  return Array.from({ length: count }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('');
}
