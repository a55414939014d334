import type { ModelInput } from '../model/session.ts';
import type { Window } from '../tasks/question-answering/windows.ts';
import type { EncodedText } from './encoded-text.ts';

/** A token that is in every sequence, and its token type. */
export interface SpecialToken {
  id: number;
  type: number;
}

/**
 * How a question and a context become one sequence: `before question between context after`. That is `[CLS] q [SEP] c [SEP]` for the models
 * of the BERT family, `<s> q </s></s> c </s>` for RoBERTa.
 */
export interface SequenceForm {
  before: SpecialToken[];
  between: SpecialToken[];
  after: SpecialToken[];
  questionType: number;
  contextType: number;
  /** Special tokens around a text that stands alone. */
  specialTokensOfOne: number;
}

/** Special tokens of a sequence. */
export function specialTokens({ before, between, after }: SequenceForm): number {
  return before.length + between.length + after.length;
}

/** At which token of the sequence the context begins. */
export function contextStart({ before, between }: SequenceForm, question: EncodedText): number {
  return before.length + question.ids.length + between.length;
}

/** The sequence of a question and a window of its context, never padded. */
export function modelInput(
  form: SequenceForm,
  question: EncodedText,
  context: EncodedText,
  window: Window,
): ModelInput {
  const length = specialTokens(form) + question.ids.length + window.end - window.first;
  const inputIds = new BigInt64Array(length);
  const tokenTypeIds = new BigInt64Array(length);
  // The lower half of each number, on every processor that onnxruntime runs on: a BigInt of each would be an object of each.
  const lowIds = new Int32Array(inputIds.buffer);
  const lowTypes = new Int32Array(tokenTypeIds.buffer);
  let at = 0;
  function add(id: number, type: number): void {
    lowIds[at] = id;
    lowTypes[at] = type;
    at += 2;
  }
  for (const { id, type } of form.before) add(id, type);
  for (const id of question.ids) add(id, form.questionType);
  for (const { id, type } of form.between) add(id, type);
  for (let i = window.first; i < window.end; i++) add(context.ids[i]!, form.contextType);
  for (const { id, type } of form.after) add(id, type);
  return { inputIds, tokenTypeIds };
}

/**
 * The tokens of a window that may be part of an answer: the context's, and, as in Hugging Face's, every token of the question that is the first
 * of the sequence once more, as of a literal "[CLS]".
 */
export function allowedTokens(form: SequenceForm, question: EncodedText, window: Window): number[] {
  const classification = form.before[0]!.id;
  const allowed: number[] = [];
  for (let i = 0; i < question.ids.length; i++) {
    if (question.ids[i] === classification) allowed.push(form.before.length + i);
  }
  const offset = contextStart(form, question);
  for (let i = window.first; i < window.end; i++) allowed.push(i - window.first + offset);
  return allowed;
}
