import { expect, test } from 'vitest';
import { MAX_INPUTS, MAX_TOP_K } from '../input-schemas.ts';
import { questionAnswering } from './task.ts';

const ANNA = { question: 'Who?', context: 'Anna.' };
const BERT = { question: 'Where?', context: 'Berlin.' };
const BOTH = [ANNA, { question: 'Why?', context: 'Anna.' }];
const NAMED = {
  top_k: 3,
  doc_stride: 64,
  max_answer_len: 5,
  max_seq_len: 256,
  max_question_len: 32,
  handle_impossible_answer: true,
  align_to_words: false,
};
const OURS = {
  topK: 3,
  docStride: 64,
  maxAnswerLen: 5,
  maxSeqLen: 256,
  maxQuestionLen: 32,
  handleImpossibleAnswer: true,
  alignToWords: false,
};

test.each([
  ['a question and a context', ANNA, { inputs: [ANNA] }],
  ['parameters beside them', { ...ANNA, ...NAMED }, { inputs: [ANNA], parameters: OURS }],
  ['an id of the caller', { ...ANNA, inference_id: 'label-7' }, { inputs: [ANNA] }],
  ['many questions about one context', { ...ANNA, question: ['Who?', 'Why?'] }, { inputs: BOTH, many: true }],
  ['a list of one question', { ...ANNA, question: ['Who?'] }, { inputs: [ANNA], many: true }],
  ['inputs', { inputs: ANNA }, { inputs: [ANNA] }],
  ['inputs and parameters', { inputs: ANNA, parameters: NAMED }, { inputs: [ANNA], parameters: OURS }],
  ['inputs with many questions', { inputs: { ...ANNA, question: ['Who?', 'Why?'] } }, { inputs: BOTH, many: true }],
  ['many pairs', { inputs: [ANNA, BERT], inference_id: 'x' }, { inputs: [ANNA, BERT], many: true }],
])('%s are a request', (_, json, expected) => {
  expect(questionAnswering.parse(json)).toEqual({ many: false, parameters: {}, ...expected });
});

const many = (count: number) => Array(count).fill(ANNA);
const parsed = (text: string) => JSON.parse(text);
test.each([
  [{}, 'MISSING_FIELD', 'Expected "question", got none'],
  [{ question: 'Who?' }, 'MISSING_FIELD', '"context"'],
  [{ question: '', context: 'Anna.' }, 'EMPTY_FIELD', 'Expected text in "question", got no text'],
  [{ question: 'Who?', context: ' \n\t' }, 'EMPTY_FIELD', '"context"'],
  [{ question: 7, context: 'Anna.' }, 'INVALID_FIELD', 'Expected a string in "question", got 7'],
  [{ question: null, context: 'Anna.' }, 'INVALID_FIELD', '"question", got null'],
  [{ question: 'Who?', context: ['Anna.'] }, 'INVALID_FIELD', '"context", got a list of 1'],
  [{ question: [], context: 'Anna.' }, 'EMPTY_FIELD', 'Expected at least one question in "question", got a list of 0'],
  [{ question: ['Who?', ' '], context: 'Anna.' }, 'EMPTY_FIELD', '"question.1"'],
  [{ question: ['Who?', { a: 'secret' }], context: 'Anna.' }, 'INVALID_FIELD', '"question.1", got an object'],
  [{ question: many(MAX_INPUTS + 1), context: 'Anna.' }, 'TOO_MANY_PAIRS', 'got a list of 101'],
  [{ inputs: many(MAX_INPUTS + 1) }, 'TOO_MANY_PAIRS', 'Expected at most 100 questions in "inputs", got a list of 101'],
  [{ inputs: [] }, 'EMPTY_FIELD', '"inputs"'],
  [{ inputs: 'Who?' }, 'INVALID_FIELD', 'Expected an object in "inputs", got a string of 4 characters'],
  [{ inputs: [ANNA, { question: 'Who?' }] }, 'MISSING_FIELD', '"inputs.1.context"'],
  [{ inputs: [ANNA, { ...ANNA, question: ['Who?'] }] }, 'INVALID_FIELD', '"inputs.1.question", got a list of 1'],
  [{ inputs: ANNA, parameters: 7 }, 'INVALID_FIELD', '"parameters", got 7'],
  [{ ...ANNA, top_q: 1 }, 'UNKNOWN_FIELD', 'got "top_q" as well'],
  [{ ...ANNA, parameters: {} }, 'UNKNOWN_FIELD', 'got "parameters" as well'],
  [{ inputs: ANNA, top_k: 2 }, 'UNKNOWN_FIELD', 'Expected only inputs, parameters, inference_id; got "top_k"'],
  [{ inputs: ANNA, parameters: { top_q: 1 } }, 'UNKNOWN_FIELD', 'got "parameters.top_q" as well'],
  [{ inputs: { ...ANNA, top_k: 2 } }, 'UNKNOWN_FIELD', '"inputs.top_k"'],
  [{ ...ANNA, top_k: '3' }, 'INVALID_PARAMETER', 'Expected a whole number in "top_k", got a string of 1 characters'],
  [{ ...ANNA, top_k: MAX_TOP_K + 1 }, 'INVALID_PARAMETER', 'Expected a whole number from 1 to 100 in "top_k", got 101'],
  [{ ...ANNA, doc_stride: 1.5 }, 'INVALID_PARAMETER', '"doc_stride", got 1.5'],
  [{ ...ANNA, max_seq_len: parsed('1e400') }, 'INVALID_PARAMETER', '"max_seq_len", got Infinity'],
  [{ ...ANNA, align_to_words: 1 }, 'INVALID_PARAMETER', 'Expected true or false in "align_to_words", got 1'],
  [{ inputs: ANNA, parameters: { top_k: null } }, 'INVALID_PARAMETER', '"parameters.top_k", got null'],
  [{ ...ANNA, inference_id: '' }, 'INVALID_FIELD', 'Expected a string of 1 to 256 characters in "inference_id"'],
  [{ ...ANNA, inference_id: 'x'.repeat(257) }, 'INVALID_FIELD', 'got a string of 257 characters'],
  [{ ...ANNA, inference_id: 7 }, 'INVALID_FIELD', '"inference_id", got 7'],
  [parsed('{"question":"Who?","context":"Anna.","__proto__":{}}'), 'UNKNOWN_FIELD', '"__proto__"'],
  [parsed('{"question":"Who?","context":"Anna.","toString":1}'), 'UNKNOWN_FIELD', '"toString"'],
  [parsed('{"__proto__":{"question":"Who?","context":"Anna."}}'), 'MISSING_FIELD', '"question"'],
])('%j is refused as %s: %s', (json, code, message) => {
  expect(() => questionAnswering.parse(json)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  );
});

test('as many pairs as allowed are a request', () => {
  expect(questionAnswering.parse({ inputs: many(MAX_INPUTS) }).inputs).toHaveLength(MAX_INPUTS);
});
