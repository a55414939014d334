import { expect, test } from 'vitest';
import { spanCharacters } from './alignment.ts';

/** Of "q [CLS]": two words of a token each. */
const question = { text: 'q [CLS]', ids: [5, 101], words: [0, 1], starts: [0, 2], ends: [1, 7] };
/** Of "embeddings hold": the first word is the tokens em, bed, dings. */
const context = {
  text: 'embeddings hold',
  ids: [1, 2, 3, 4],
  words: [0, 0, 0, 1],
  starts: [0, 2, 5, 11],
  ends: [2, 5, 10, 15],
};
/** In the window, the context begins at 4: after [CLS] q [CLS] [SEP]. */
const whole = { question, questionStart: 1, context, contextStart: 4, window: { first: 0, end: 4 } };

test.each([
  ['a part of a word is the whole word', whole, 5, 5, true, [0, 10]],
  ['unaligned it is the part', whole, 5, 5, false, [2, 5]],
  ['from the middle of one word to the next', whole, 6, 7, true, [0, 15]],
  ['a word is as much of it as the window holds', { ...whole, window: { first: 1, end: 3 } }, 5, 5, true, [2, 10]],
  ['[CLS] in the question is the word of the context with its number', whole, 2, 5, true, [11, 10]],
  [
    'or its own offsets, where the window has no such word',
    { ...whole, window: { first: 0, end: 3 } },
    2,
    5,
    true,
    [2, 5],
  ],
])('%s', (_, texts, first, last, alignToWords, [start, end]) => {
  expect(spanCharacters(texts, first, last, alignToWords)).toEqual({ start, end });
});

test.each([
  ['👍👍 [CLS]', '👍a👍b👍c', 5],
  ['ab [CLS]', '👍👍👍👍', 6],
  ['abcd [CLS]', '👍b', 6],
])('of %j, [CLS] begins in %j after as many characters: at %i', (text, contextText, start) => {
  const cls = text.indexOf('[');
  const one = { text, ids: [101], words: [9], starts: [cls], ends: [text.length] };
  const texts = { question: one, questionStart: 1, contextStart: 3, window: { first: 0, end: 4 } };
  expect(spanCharacters({ ...texts, context: { ...context, text: contextText } }, 1, 1, false).start).toBe(start);
});
