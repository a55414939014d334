import * as v from 'valibot';
import { Flag, TopK, WholeNumber } from '../input-schemas.ts';
import type { QaParameters } from './parameters.ts';

/** The parameters of a question, by the names of Hugging Face. The pipeline checks which values they can have with the model. */
export const PARAMETERS = {
  top_k: v.optional(TopK),
  doc_stride: v.optional(WholeNumber),
  max_answer_len: v.optional(WholeNumber),
  max_seq_len: v.optional(WholeNumber),
  max_question_len: v.optional(WholeNumber),
  handle_impossible_answer: v.optional(Flag),
  align_to_words: v.optional(Flag),
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

/** The parameters that a request names, as the pipeline takes them. The pipeline has defaults for the others. */
export function qaParameters(
  named: Partial<Record<keyof typeof PARAMETERS, number | boolean | undefined>>,
): Partial<QaParameters> {
  const entries = Object.entries(NAMES).flatMap(([name, ours]) => {
    const value = named[name as keyof typeof NAMES];
    return value === undefined ? [] : [[ours, value]];
  });
  return Object.fromEntries(entries);
}
