import { expect, test, vi } from 'vitest';
import { answerRequest, MAX_ANSWER_BYTES } from './answering.ts';
import type { Answer } from './qa/answers.ts';
import { type QaPipeline, QuestionTooLongError } from './qa/pipeline.ts';

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
  expect(await answerRequest(setUp(), request)).toEqual(expected);
});

test('the pipeline is given the parameters and what is left of the time', async () => {
  const qa = setUp();
  const remainingMs = () => 7;
  await answerRequest(qa, { pairs: [pair('a')], many: false, parameters: { docStride: 5 } }, remainingMs);
  expect(qa.answer).toHaveBeenCalledWith('a', 'Anna.', { docStride: 5 }, remainingMs);
});

test('of many questions, the error says which is too long', async () => {
  const qa = setUp(async (question) => {
    if (question === 'long') throw new QuestionTooLongError('too long');
    return [answerTo(question)];
  });
  const request = { pairs: [pair('a'), pair('long'), pair('b')], many: true, parameters: {} };
  await expect(answerRequest(qa, request)).rejects.toMatchObject({
    code: 'QUESTION_TOO_LONG',
    details: { index: 1 },
  });
  expect(qa.answer).toHaveBeenCalledTimes(2);
});

test('answers that Lambda would not let through are an error', async () => {
  const qa = setUp(async () => [answerTo('x'.repeat(MAX_ANSWER_BYTES / 4))]);
  const request = (count: number) => ({ pairs: Array(count).fill(pair('a')), many: true, parameters: {} });
  expect(await answerRequest(qa, request(3))).toHaveLength(3);
  await expect(answerRequest(qa, request(90))).rejects.toMatchObject({ code: 'ANSWER_TOO_LARGE' });
  expect(qa.answer).toHaveBeenCalledTimes(3 + 4);
});
