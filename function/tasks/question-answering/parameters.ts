import { InvalidParameterError } from '../errors.ts';

/** The parameters of a question. Names and defaults are those of Hugging Face's pipeline. */
export interface QaParameters {
  /** How many answers at most. @default 1 */
  topK: number;
  /** Tokens that neighbouring windows share. @default the lesser of 128 and half of maxSeqLen */
  docStride: number;
  /** Most tokens of an answer. @default 15 */
  maxAnswerLen: number;
  /** Most tokens of one run of the model. @default the lesser of 384 and the tokenizer's model_max_length */
  maxSeqLen: number;
  /** Accepted, but without effect, as with Hugging Face's fast tokenizers: a question is never cut. @default 64 */
  maxQuestionLen: number;
  /** Allows "" as an answer. Its score is the least probability over the windows that there is no answer. @default false */
  handleImpossibleAnswer: boolean;
  /** Widens answers to whole words. @default true */
  alignToWords: boolean;
}

/** The limits that the model and its tokenizer set. */
export interface ModelLimits {
  /** The tokenizer's `model_max_length`. */
  modelMaxLength: number;
  /** Special tokens of a window: 3 in `[CLS] question [SEP] context [SEP]`. */
  specialTokens: number;
  /** Special tokens of a sequence of one text. */
  specialTokensOfOne: number;
}

/**
 * Fills in the defaults, and refuses impossible values.
 *
 * Source: `_sanitize_parameters` and `preprocess` of Hugging Face's QuestionAnsweringPipeline, and what `enable_truncation` of its
 * tokenizers refuses. It is stricter in two places: numbers are whole, and `max_seq_len` leaves room for the special tokens and one more token
 * (in Hugging Face's, 0, 1 and 3 cause an integer overflow, and the text is read uncut or windows are read twice).
 *
 * @throws InvalidParameterError
 */
export function resolveParameters(requested: Partial<QaParameters>, limits: ModelLimits): QaParameters {
  const maxSeqLen = requested.maxSeqLen ?? Math.min(limits.modelMaxLength, 384);
  requireInteger('max_seq_len', maxSeqLen, limits.specialTokens + 1);
  const {
    topK = 1,
    docStride = Math.min(maxSeqLen >> 1, 128),
    maxAnswerLen = 15,
    maxQuestionLen = 64,
    handleImpossibleAnswer = false,
    alignToWords = true,
  } = requested;
  requireInteger('top_k', topK, 1);
  requireInteger('max_answer_len', maxAnswerLen, 1);
  // The tokenizers count the special tokens of a single text here.
  requireInteger('doc_stride', docStride, 0, maxSeqLen - limits.specialTokensOfOne);
  return { topK, docStride, maxAnswerLen, maxSeqLen, maxQuestionLen, handleImpossibleAnswer, alignToWords };
}

function requireInteger(parameter: string, value: number, least: number, most = Number.POSITIVE_INFINITY): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const upTo = most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new InvalidParameterError(parameter, `an integer ${upTo}`, value);
}
