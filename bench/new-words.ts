import { mulberry32 } from './inputs.ts';
import type { Question } from './subjects/serve.ts';

/** Words of a question and its context that nobody has seen before. */
export const NEW_WORDS = 12;

/** Short questions without an end, each full of words that come in no other: whatever remembers words fills up. */
export function* newQuestions(seed = 1): Generator<Question, never> {
  const random = mulberry32(seed);
  for (let number = 1; ; number++) {
    // The number makes it one of its kind.
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
