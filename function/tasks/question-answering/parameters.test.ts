import { expect, test } from 'vitest';
import { InvalidParameterError } from '../errors.ts';
import { type QaParameters, resolveParameters } from './parameters.ts';

const limits = (modelMaxLength: number) => ({ modelMaxLength, specialTokens: 3, specialTokensOfOne: 2 });

test.each([
  [{}, 512, { maxSeqLen: 384, docStride: 128 }],
  [{}, 128, { maxSeqLen: 128, docStride: 64 }],
  [{ maxSeqLen: 101 }, 512, { maxSeqLen: 101, docStride: 50 }],
  [{ maxSeqLen: 600, docStride: 0 }, 512, { maxSeqLen: 600, docStride: 0 }],
])('%j for a tokenizer of %i tokens makes %j', (requested, modelMaxLength, expected) => {
  expect(resolveParameters(requested, limits(modelMaxLength))).toEqual({
    topK: 1,
    maxAnswerLen: 15,
    maxQuestionLen: 64,
    handleImpossibleAnswer: false,
    alignToWords: true,
    ...expected,
  });
});

test.each<[Partial<QaParameters>, string, string]>([
  [{ topK: 0 }, 'top_k', 'Expected an integer of at least 1 in "top_k", got 0'],
  [{ topK: 1.5 }, 'top_k', 'Expected an integer of at least 1 in "top_k", got 1.5'],
  [{ maxAnswerLen: -1 }, 'max_answer_len', 'Expected an integer of at least 1 in "max_answer_len", got -1'],
  [{ maxSeqLen: 3 }, 'max_seq_len', 'Expected an integer of at least 4 in "max_seq_len", got 3'],
  [{ docStride: 383 }, 'doc_stride', 'Expected an integer from 0 to 382 in "doc_stride", got 383'],
  [{ docStride: -1 }, 'doc_stride', 'Expected an integer from 0 to 382 in "doc_stride", got -1'],
])('%j is refused', (requested, parameter, message) => {
  const refused = () => resolveParameters(requested, limits(512));
  expect(refused).toThrow(InvalidParameterError);
  expect(refused).toThrow(expect.objectContaining({ parameter, message }));
});
