import * as v from 'valibot';
import { says } from '../../request-schema.ts';
import type { QaParameters } from './parameters.ts';

/** Most answers to one question. */
export const MAX_TOP_K = 100;

const WholeNumber = v.pipe(
  v.number(says('INVALID_PARAMETER', 'a whole number')),
  v.safeInteger(says('INVALID_PARAMETER', 'a whole number')),
);
const Flag = v.optional(v.boolean(says('INVALID_PARAMETER', 'true or false')));

/** The parameters of a question, by the names of Hugging Face. What each may be with a model, the pipeline knows. */
export const PARAMETERS = {
  top_k: v.optional(
    v.pipe(WholeNumber, v.maxValue(MAX_TOP_K, says('INVALID_PARAMETER', `a whole number from 1 to ${MAX_TOP_K}`))),
  ),
  doc_stride: v.optional(WholeNumber),
  max_answer_len: v.optional(WholeNumber),
  max_seq_len: v.optional(WholeNumber),
  max_question_len: v.optional(WholeNumber),
  handle_impossible_answer: Flag,
  align_to_words: Flag,
};

const NAMES = {
  top_k: 'topK',
  doc_stride: 'docStride',
  max_answer_len: 'maxAnswerLen',
  max_seq_len: 'maxSeqLen',
  max_question_len: 'maxQuestionLen',
  handle_impossible_answer: 'handleImpossibleAnswer',
  align_to_words: 'alignToWords',
} as const satisfies Record<keyof typeof PARAMETERS, keyof QaParameters>;

/** The parameters that a request names, as the pipeline takes them; what it does not name is left to the pipeline. */
export function qaParameters(
  named: Partial<Record<keyof typeof PARAMETERS, number | boolean | undefined>>,
): Partial<QaParameters> {
  const given = Object.entries(NAMES).flatMap(([name, ours]) => {
    const value = named[name as keyof typeof NAMES];
    return value === undefined ? [] : [[ours, value]];
  });
  return Object.fromEntries(given);
}
