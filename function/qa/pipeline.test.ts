import { expect, test } from 'vitest';
import { loadPipeline, QuestionTooLongError } from './pipeline.ts';

const qa = await loadPipeline('model', 1);
const FILLER = 'The river carries barges past the old mill. ';

test.each([
  ['one sentence', 'Where do I live?', 'My name is Wolfgang and I live in Berlin.', 'Berlin'],
  [
    'emoji before the answer',
    'Where was the party?',
    'Yesterday 🎉🎉👩‍👩‍👧 we had a party in Zürich with friends.',
    'Zürich',
  ],
  [
    'white space that is kept',
    'Where do I live?',
    `My name is Wolfgang ${'\n'.repeat(10)} and I live in Berlin`,
    'Berlin',
  ],
  ['a literal [SEP]', 'Where do I live?', 'My name is [SEP] and I live in Berlin.', 'Berlin'],
  ['many windows', 'When was Anna born?', `${FILLER.repeat(150)}Anna was born in 1984. ${FILLER.repeat(100)}`, '1984'],
])('the answer is a piece of the context: %s', async (_, question, context, expected) => {
  const { answer, start, end, score } = await qa.answer(question, context);
  expect(answer).toBe(expected);
  expect(context.slice(start, end)).toBe(answer);
  expect(score).toBeGreaterThan(0);
});

test('a text is read in as many windows as it needs, none longer than the model allows', () => {
  const windows = qa.prepare('When was Anna born?', FILLER.repeat(100));
  expect(windows.length).toBeGreaterThan(2);
  for (const { input, window } of windows) {
    expect(input.inputIds.length).toBeLessThanOrEqual(384);
    expect(input.tokenTypeIds.filter((type) => type === 1n)).toHaveLength(window.end - window.first + 1);
  }
});

test('a context without a single token has an empty answer', async () => {
  expect(await qa.answer('Who?', '\u200b')).toEqual({ answer: '', score: 0, start: 0, end: 0 });
});

test('a question that leaves no room for a long context is refused', async () => {
  await expect(qa.answer('why '.repeat(300), FILLER.repeat(50))).rejects.toThrow(QuestionTooLongError);
});

test('the digest is that of the model file', () => {
  expect(qa.modelDigest).toMatch(/^[0-9a-f]{64}$/);
});
