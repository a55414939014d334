import { expect, test, vi } from 'vitest';
import type { LoadedModel } from '../../model/load-model.ts';
import { type TextClassifier, TextTooLongError } from './classifier.ts';
import { textClassification, withClassifier } from './task.ts';

const LABELS = [{ label: 'a', score: 0.9 }];
const setUp = (classify: TextClassifier['classify'] = async () => LABELS) =>
  withClassifier({ classify, modelDigest: 'abc' });

test.each([
  ['one text', { text: 'a' }, LABELS],
  ['a list', { text: ['a', 'b'] }, [LABELS, LABELS]],
  ['a list of one', { inputs: ['a'], parameters: { top_k: 1 } }, [LABELS]],
])('the answer to %s has its shape', async (_, json, expected) => {
  const { task, run } = setUp();
  expect(await run(task.parse(json))).toEqual({ body: expected, error: undefined });
});

test('the classifier is given the parameters and what is left of the time', async () => {
  const classify = vi.fn(async () => LABELS);
  const { task, run } = setUp(classify);
  const remainingMs = () => 7;
  await run(task.parse({ text: 'a', text_pair: 'b', top_k: null }), { remainingMs });
  expect(classify).toHaveBeenCalledWith({ text: 'a', textPair: 'b' }, { topK: null }, remainingMs);
});

test('of many texts, the one that is too long is named', async () => {
  const { task, run } = setUp(() => Promise.reject(new TextTooLongError(512, 600)));
  await expect(run(task.parse({ text: ['a'] }))).rejects.toMatchObject({
    code: 'TEXT_TOO_LONG',
    details: { index: 0 },
  });
});

test('a model with other outputs is refused', async () => {
  const model = { session: { outputNames: ['start_logits', 'end_logits'] } } as unknown as LoadedModel;
  await expect(textClassification.load(model)).rejects.toThrow(
    'Expected a model with the outputs logits, got one with start_logits, end_logits.',
  );
});
