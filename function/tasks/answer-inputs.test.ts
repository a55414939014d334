import { expect, test, vi } from 'vitest';
import { DeadlineExceededError } from '../model/deadline.ts';
import { answerInputs, MAX_ANSWER_BYTES } from './answer-inputs.ts';
import { InputError, InvalidParameterError } from './errors.ts';

const answerTo = (input: string) => ({ answer: input });
const one = (input: string) => ({ inputs: [input], many: false, parameters: {} });
const many = (...inputs: string[]) => ({ inputs, many: true, parameters: {} });

test.each([
  ['one input', one('a'), answerTo('a')],
  ['a list', many('a', 'b'), [answerTo('a'), answerTo('b')]],
  ['a list of one', many('a'), [answerTo('a')]],
])('the answer to %s has its shape', async (_, request, body) => {
  expect(await answerInputs(request, async (input) => answerTo(input))).toEqual({ body, error: undefined });
});

test('an input is answered with the parameters and within what is left of the time', async () => {
  const answer = vi.fn(async () => ({}));
  const remainingMs = () => 7;
  await answerInputs({ inputs: ['a'], many: false, parameters: { docStride: 5 } }, answer, { remainingMs });
  expect(answer).toHaveBeenCalledWith('a', { docStride: 5 }, remainingMs);
});

const FAILING: Record<string, Error> = {
  long: new InputError('QUESTION_TOO_LONG', 'too long'),
  wrong: new InvalidParameterError('top_k', 'an integer of at least 1', 0),
  late: new DeadlineExceededError('too late'),
  broken: new Error('ort'),
};
const failsWhereTold = async (input: string) => {
  if (FAILING[input]) throw FAILING[input];
  return answerTo(input);
};
const error = (code: string) => ({ error: { code, message: expect.any(String) } });

test.each([
  [['a', 'late', 'late'], [answerTo('a'), error('DEADLINE_EXCEEDED'), error('DEADLINE_EXCEEDED')], 'DEADLINE_EXCEEDED'],
  [['late', 'b'], [error('DEADLINE_EXCEEDED'), answerTo('b')], 'DEADLINE_EXCEEDED'],
  [['a', 'long', 'b'], [answerTo('a'), error('QUESTION_TOO_LONG'), answerTo('b')], 'QUESTION_TOO_LONG'],
  [['a', 'long', 'broken'], [answerTo('a'), error('QUESTION_TOO_LONG'), error('INTERNAL_ERROR')], 'INTERNAL_ERROR'],
])('of many inputs, each keeps its answer or has its error: %j', async (inputs, body, code) => {
  expect(await answerInputs(many(...inputs), failsWhereTold)).toMatchObject({ body, error: { code } });
});

test.each([
  [['long', 'long'], 'QUESTION_TOO_LONG', { index: 0 }],
  [['wrong'], 'INVALID_PARAMETER', undefined],
  [['long', 'late'], 'DEADLINE_EXCEEDED', undefined],
  [['broken'], 'INTERNAL_ERROR', undefined],
])('where none of them has an answer, the request has none: %j', async (inputs, code, details) => {
  await expect(answerInputs(many(...inputs), failsWhereTold)).rejects.toMatchObject({ code, details });
});

test('an answer beyond what Lambda lets through is an error, and no input after it is answered', async () => {
  const answer = vi.fn(async () => answerTo('x'.repeat(MAX_ANSWER_BYTES / 4)));
  const request = (count: number) => many(...Array(count).fill('a'));
  expect((await answerInputs(request(3), answer)).error).toBeUndefined();
  answer.mockClear();
  const { body, error } = await answerInputs(request(90), answer);
  expect(error).toMatchObject({ code: 'ANSWER_TOO_LARGE' });
  expect((body as object[]).map((each) => 'error' in each)).toEqual([false, false, false, ...Array(87).fill(true)]);
  expect(answer).toHaveBeenCalledTimes(4);
  expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(MAX_ANSWER_BYTES);
});

test('an event source may let less through', async () => {
  await expect(answerInputs(one('a'), failsWhereTold, { maxBytes: 10 })).rejects.toMatchObject({
    code: 'ANSWER_TOO_LARGE',
  });
});
