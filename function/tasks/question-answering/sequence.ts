import type { EncodedText } from '../../tokenizer/encoded-text.ts';
import { type ModelInput, modelInput, type PairSequence } from '../../tokenizer/sequence.ts';
import type { Window } from './windows.ts';

/** At which token of the sequence the context begins. */
export function contextStart({ before, between }: PairSequence, question: EncodedText): number {
  return before.length + question.ids.length + between.length;
}

/** The sequence of a question and a window of its context. */
export function windowInput(
  form: PairSequence,
  question: EncodedText,
  context: EncodedText,
  window: Window,
): ModelInput {
  return modelInput([
    form.before,
    { ids: question.ids, first: 0, end: question.ids.length, type: form.firstType },
    form.between,
    { ids: context.ids, first: window.first, end: window.end, type: form.secondType },
    form.after,
  ]);
}

/**
 * The tokens of a window that may be part of an answer: those of the context and, as in Hugging Face's pipeline, every token of the question
 * that is the same as the first token of the sequence, such as a literal "[CLS]".
 */
export function allowedTokens(form: PairSequence, question: EncodedText, window: Window): number[] {
  const classification = form.before[0]!.id;
  const allowed: number[] = [];
  for (let i = 0; i < question.ids.length; i++) {
    if (question.ids[i] === classification) allowed.push(form.before.length + i);
  }
  const offset = contextStart(form, question);
  for (let i = window.first; i < window.end; i++) allowed.push(i - window.first + offset);
  return allowed;
}
