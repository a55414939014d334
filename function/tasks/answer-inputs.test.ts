import { expect, test, vi } from 'vitest';
import { DeadlineExceededError } from '../model/deadline.ts';
import { answerRequest, MAX_ANSWER_BYTES } from './answer-inputs.ts';
import type { Answer } from './question-answering/answers.ts';
import { type QaPipeline, QuestionTooLongError } from './question-answering/pipeline.ts';

const answerTo = (question: string): Answer => ({ answer: question, score: 1, start: 0, end: question.length });
const pair = (question: string) => ({ question, context: 'Anna.' });

/** A pipeline that answers a question with the question. */
function setUp(answer: QaPipeline['answer'] = async (question) => [answerTo(question), answerTo('second')]) {
  return { answer: vi.fn(answer), prepare: () => [], modelDigest: 'abc' };
}

test.each([
  ['one question', { pairs: [pair('a')], many: false, parameters: {} }, answerTo('a')],
  ['top_k', { pairs: [pair('a')], many: false, parameters: { topK: 2 } }, [answerTo('a'), answerTo('second')]],
  ['a list', { pairs: [pair('a'), pair('b')], many: true, parameters: {} }, [answerTo('a'), answerTo('b')]],
  ['a list of one', { pairs: [pair('a')], many: true, parameters: { topK: 1 } }, [answerTo('a')]],
  [
    'a list and top_k',
    { pairs: [pair('a'), pair('b')], many: true, parameters: { topK: 2 } },
    [
      [answerTo('a'), answerTo('second')],
      [answerTo('b'), answerTo('second')],
    ],
  ],
])('the answer to %s has its shape', async (_, request, expected) => {
  expect(await answerRequest(setUp(), request)).toEqual({ body: expected, error: undefined });
});

test('the pipeline is given the parameters and what is left of the time', async () => {
  const qa = setUp();
  const remainingMs = () => 7;
  await answerRequest(qa, { pairs: [pair('a')], many: false, parameters: { docStride: 5 } }, { remainingMs });
  expect(qa.answer).toHaveBeenCalledWith('a', 'Anna.', { docStride: 5 }, remainingMs);
});

const many = (...questions: string[]) => ({ pairs: questions.map(pair), many: true, parameters: {} });
const failing: Record<string, Error> = {
  long: new QuestionTooLongError('too long'),
  late: new DeadlineExceededError('too late'),
  broken: new Error('ort'),
};
const failsWhereTold = () =>
  setUp(async (question) => {
    if (failing[question]) throw failing[question];
    return [answerTo(question)];
  });
const error = (code: string) => ({ error: { code, message: expect.any(String) } });

test.each([
  [['a', 'late', 'late'], [answerTo('a'), error('DEADLINE_EXCEEDED'), error('DEADLINE_EXCEEDED')], 'DEADLINE_EXCEEDED'],
  [['late', 'b'], [error('DEADLINE_EXCEEDED'), answerTo('b')], 'DEADLINE_EXCEEDED'],
  [['a', 'long', 'b'], [answerTo('a'), error('QUESTION_TOO_LONG'), answerTo('b')], 'QUESTION_TOO_LONG'],
  [['a', 'long', 'broken'], [answerTo('a'), error('QUESTION_TOO_LONG'), error('INTERNAL_ERROR')], 'INTERNAL_ERROR'],
])('of many questions, each keeps its answer or has its error: %j', async (questions, body, code) => {
  expect(await answerRequest(failsWhereTold(), many(...questions))).toMatchObject({ body, error: { code } });
});

test.each([
  [['long', 'long'], 'QUESTION_TOO_LONG', { index: 0 }],
  [['long', 'late'], 'DEADLINE_EXCEEDED', undefined],
  [['broken'], 'INTERNAL_ERROR', undefined],
])('where none of them has an answer, the request has none: %j', async (questions, code, details) => {
  await expect(answerRequest(failsWhereTold(), many(...questions))).rejects.toMatchObject({ code, details });
});

test('what an answer would be beyond what Lambda lets through is an error, and no question after it is asked', async () => {
  const qa = setUp(async () => [answerTo('x'.repeat(MAX_ANSWER_BYTES / 4))]);
  const request = (count: number) => many(...Array(count).fill('a'));
  expect((await answerRequest(qa, request(3))).error).toBeUndefined();
  const { body, error } = await answerRequest(qa, request(90));
  expect(error).toMatchObject({ code: 'ANSWER_TOO_LARGE' });
  expect((body as object[]).map((each) => 'error' in each)).toEqual([false, false, false, ...Array(87).fill(true)]);
  expect(qa.answer).toHaveBeenCalledTimes(3 + 4);
  expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(MAX_ANSWER_BYTES);
});

test('behind another door, less may be let through', async () => {
  const request = { pairs: [pair('a')], many: false, parameters: {} };
  await expect(answerRequest(setUp(), request, { maxBytes: 10 })).rejects.toMatchObject({ code: 'ANSWER_TOO_LARGE' });
});
