import { spanCharacters } from './alignment.ts';
import { type Answer, rankAnswers } from './answers.ts';
import { deadlineGuard } from './deadline.ts';
import { InvalidParameterError, type QaParameters, resolveParameters, SPECIAL_TOKENS } from './parameters.ts';
import type { ModelInput, QaSession } from './session.ts';
import { bestSpans } from './spans.ts';
import type { EncodedText, Tokenizer } from './tokenizer.ts';
import { contextWindows, type Window } from './windows.ts';

export type { Answer } from './answers.ts';
export { DeadlineExceededError } from './deadline.ts';
export { InvalidParameterError, type QaParameters } from './parameters.ts';

/** The question leaves no room for the context in a window. */
export class QuestionTooLongError extends Error {
  override name = 'QuestionTooLongError';
}

/** One run of the model: its input, and which tokens of the context are in it. */
export interface PreparedWindow {
  input: ModelInput;
  window: Window;
}

export interface QaPipeline {
  /**
   * Answers a question from a text as Hugging Face's QuestionAnsweringPipeline does.
   *
   * @param remainingMs what is left before the deadline; looked at before each window
   * @returns best first, at most `topK`; one empty answer of score 0 when the text holds nothing to answer with
   * @throws InvalidParameterError, QuestionTooLongError, or DeadlineExceededError when the next window cannot be expected to end in time
   */
  answer(
    question: string,
    context: string,
    parameters?: Partial<QaParameters>,
    remainingMs?: () => number,
  ): Promise<Answer[]>;
  /** What `answer` runs the model on, window by window. */
  prepare(question: string, context: string, parameters?: Partial<QaParameters>): PreparedWindow[];
  /** SHA-256 of the model file, in hexadecimal. */
  modelDigest: string;
}

/** Everything that a pipeline is made of. */
export interface PipelineParts {
  tokenizer: Tokenizer;
  session: QaSession;
  /** The tokenizer's `model_max_length`. */
  modelMaxLength: number;
  /** Most tokens of a sequence that the model has positions for. */
  maxPositions: number;
  modelDigest: string;
  /** Milliseconds on a clock that never goes back. */
  now: () => number;
}

/** The pipeline around a loaded model: see load-pipeline.ts. */
export function createPipeline(parts: PipelineParts): QaPipeline {
  const { tokenizer, session, modelMaxLength, maxPositions, modelDigest, now } = parts;
  let last: { text: string; encoded: EncodedText } | undefined;

  /** Many questions about one text tokenise it once. */
  function encodeContext(text: string): EncodedText {
    if (last?.text !== text) last = { text, encoded: tokenizer.encode(text) };
    return last.encoded;
  }

  function planned(question: string, context: string, given: Partial<QaParameters>) {
    const parameters = resolveParameters(given, modelMaxLength);
    requireText('question', question);
    requireText('context', context);
    const q = tokenizer.encode(question);
    const c = encodeContext(context);
    const windows = contextWindows(q.ids.length, c.ids.length, parameters);
    requireWindows(windows, q.ids.length, parameters, maxPositions);
    return { parameters, q, c, windows };
  }

  return {
    modelDigest,
    prepare(question, context, given = {}) {
      const { q, c, windows } = planned(question, context, given);
      return windows.map((window) => ({ window, input: modelInput(tokenizer, q, c, window) }));
    },
    async answer(question, context, given = {}, remainingMs = () => Number.POSITIVE_INFINITY) {
      const { parameters, q, c, windows } = planned(question, context, given);
      const { topK, maxAnswerLen, alignToWords, handleImpossibleAnswer } = parameters;
      // Several spans can align to the same words and are then merged.
      const spansPerWindow = alignToWords ? topK * 2 + 10 : topK;
      const inTime = deadlineGuard(remainingMs, now);
      const candidates: Answer[] = [];
      let nullScore = Number.POSITIVE_INFINITY;
      for (const window of windows) {
        // One input at a time: all of them together may be a thousand times the text.
        const logits = await inTime(() => session.run(modelInput(tokenizer, q, c, window)));
        const allowed = allowedTokens(tokenizer, q, window);
        const found = bestSpans({ ...logits, allowed }, maxAnswerLen, spansPerWindow);
        nullScore = Math.min(nullScore, found.nullScore);
        for (const { start: first, end: last, score } of found.spans) {
          const { start, end } = spanCharacters({ question: q, context: c, window }, first, last, alignToWords);
          candidates.push({ answer: context.slice(start, end), score, start, end });
        }
      }
      const answers = rankAnswers(candidates, topK, handleImpossibleAnswer ? nullScore : undefined);
      return answers.length > 0 ? answers : [{ answer: '', score: 0, start: 0, end: 0 }];
    },
  };
}

function requireText(parameter: string, text: string): void {
  if (text === '') throw new InvalidParameterError(parameter, 'a text that is not empty', '""');
}

function requireWindows(
  windows: Window[],
  questionTokens: number,
  parameters: QaParameters,
  maxPositions: number,
): void {
  const { maxSeqLen, docStride } = parameters;
  if (windows.length === 0) {
    throw new QuestionTooLongError(
      `Expected a question of fewer than ${Math.max(1, maxSeqLen - docStride - SPECIAL_TOKENS)} tokens ` +
        `with "max_seq_len" ${maxSeqLen} and "doc_stride" ${docStride}, got ${questionTokens}`,
    );
  }
  const longest = questionTokens + SPECIAL_TOKENS + windows[0]!.end;
  if (longest > maxPositions) {
    throw new InvalidParameterError(
      'max_seq_len',
      `at most ${maxPositions}, which the model has positions for,`,
      maxSeqLen,
    );
  }
}

/** `[CLS] question [SEP] context [SEP]`, never padded. */
function modelInput(
  { clsId, sepId }: Tokenizer,
  question: EncodedText,
  context: EncodedText,
  window: Window,
): ModelInput {
  const ids = [clsId, ...question.ids, sepId, ...context.ids.slice(window.first, window.end), sepId];
  const inputIds = new BigInt64Array(ids.length);
  for (let i = 0; i < ids.length; i++) inputIds[i] = BigInt(ids[i]!);
  return { inputIds, tokenTypeIds: new BigInt64Array(ids.length).fill(1n, question.ids.length + 2) };
}

/** The tokens of a window that may be part of an answer: the context's, and, as in Hugging Face's, every `[CLS]` in the question. */
function allowedTokens({ clsId }: Tokenizer, question: EncodedText, window: Window): number[] {
  const allowed: number[] = [];
  for (let i = 0; i < question.ids.length; i++) if (question.ids[i] === clsId) allowed.push(i + 1);
  const offset = question.ids.length + 2;
  for (let i = window.first; i < window.end; i++) allowed.push(i - window.first + offset);
  return allowed;
}
