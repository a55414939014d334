import { expect, test, vi } from 'vitest';
import type { LoadedModel } from '../../model/load-model.ts';
import type { Answer } from './answers.ts';
import { type QaPipeline, QuestionTooLongError } from './pipeline.ts';
import { questionAnswering, withPipeline } from './task.ts';

const answerTo = (question: string): Answer => ({ answer: question, score: 1, start: 0, end: question.length });
const pair = (question: string) => ({ question, context: 'Anna.' });

/** Answers a question with the question. */
function setUp(answer: QaPipeline['answer'] = async (question) => [answerTo(question), answerTo('second')]) {
  return withPipeline({ answer, prepare: () => [], modelDigest: 'abc' });
}

test.each([
  ['one question', { inputs: [pair('a')], many: false, parameters: {} }, answerTo('a')],
  ['top_k', { inputs: [pair('a')], many: false, parameters: { topK: 2 } }, [answerTo('a'), answerTo('second')]],
  ['a list', { inputs: [pair('a'), pair('b')], many: true, parameters: {} }, [answerTo('a'), answerTo('b')]],
  ['a list of one', { inputs: [pair('a')], many: true, parameters: { topK: 1 } }, [answerTo('a')]],
  [
    'a list and top_k',
    { inputs: [pair('a'), pair('b')], many: true, parameters: { topK: 2 } },
    [
      [answerTo('a'), answerTo('second')],
      [answerTo('b'), answerTo('second')],
    ],
  ],
])('the answer to %s has its shape', async (_, request, expected) => {
  expect(await setUp().run(request)).toEqual({ body: expected, error: undefined });
});

test('the pipeline is given the parameters and what is left of the time', async () => {
  const answer = vi.fn(async () => [answerTo('a')]);
  const remainingMs = () => 7;
  await setUp(answer).run({ inputs: [pair('a')], many: false, parameters: { docStride: 5 } }, { remainingMs });
  expect(answer).toHaveBeenCalledWith('a', 'Anna.', { docStride: 5 }, remainingMs);
});

test('of many questions, the one that is too long is named', async () => {
  const { run } = setUp(() => Promise.reject(new QuestionTooLongError('too long')));
  await expect(run({ inputs: [pair('a')], many: true, parameters: {} })).rejects.toMatchObject({
    code: 'QUESTION_TOO_LONG',
    message: 'too long',
    details: { index: 0 },
  });
});

test('a model with other outputs is refused', async () => {
  const model = { session: { outputNames: ['logits'] } } as unknown as LoadedModel;
  await expect(questionAnswering.load(model)).rejects.toThrow(
    'Expected a model with the outputs start_logits, end_logits, got one with logits.',
  );
});
