import { deadlineGuard, NOTHING_MEASURED } from '../../model/deadline.ts';
import type { LoadedModel } from '../../model/load-model.ts';
import type { EncodedText } from '../../tokenizer/encoded-text.ts';
import { type ModelInput, specialTokens } from '../../tokenizer/sequence.ts';
import { InputError, InvalidParameterError } from '../errors.ts';
import { spanCharacters } from './alignment.ts';
import { type Answer, createRanking } from './answers.ts';
import { type QaParameters, resolveParameters } from './parameters.ts';
import { allowedTokens, contextStart, windowInput } from './sequence.ts';
import { bestSpans } from './spans.ts';
import { contextWindows, type Window, type WindowLimits } from './windows.ts';

/** The question leaves no room for the context in a window. */
export class QuestionTooLongError extends InputError {
  override name = 'QuestionTooLongError';

  constructor(message: string) {
    super('QUESTION_TOO_LONG', message);
  }
}

/** One run of the model: its input, and the tokens of the context that are in it. */
export interface PreparedWindow {
  input: ModelInput;
  window: Window;
}

export interface QaPipeline {
  /**
   * Answers a question from a text as Hugging Face's QuestionAnsweringPipeline does.
   *
   * @param remainingMs how much time is left before the deadline, in milliseconds. It is called while the texts are read, and before each window
   * @returns the answers, best first, at most `topK`; one empty answer of score 0 when nothing in the text can be an answer
   * @throws InvalidParameterError, QuestionTooLongError, or DeadlineExceededError as soon as the answer is not expected in time
   */
  answer(
    question: string,
    context: string,
    parameters?: Partial<QaParameters>,
    remainingMs?: () => number,
  ): Promise<Answer[]>;
  /** The windows on which `answer` runs the model. */
  prepare(question: string, context: string, parameters?: Partial<QaParameters>): PreparedWindow[];
  /** SHA-256 of the model file, in hexadecimal. */
  modelDigest: string;
}

/** What a pipeline needs of a loaded model. */
export type PipelineParts = Omit<LoadedModel, 'task' | 'config'>;

/** The pipeline around a loaded model. It follows Hugging Face's QuestionAnsweringPipeline. */
export function createPipeline(model: PipelineParts): QaPipeline {
  const { tokenizer, session, modelMaxLength, maxPositions, modelDigest, now } = model;
  const { single, pair } = model.sequences;
  const limits = {
    modelMaxLength,
    specialTokens: specialTokens(pair),
    specialTokensOfOne: specialTokens(single),
  };
  let last: { text: string; encoded: EncodedText } | undefined;

  const pace = { ...NOTHING_MEASURED };

  /** Remembers the last context, so that many questions about one context tokenise it once. */
  function encodeContext(text: string, checkTime?: () => void): EncodedText {
    if (last?.text !== text) last = { text, encoded: tokenizer.encode(text, checkTime) };
    return last.encoded;
  }

  function planned(question: string, context: string, requested: Partial<QaParameters>, checkTime?: () => void) {
    const parameters = resolveParameters(requested, limits);
    requireText('question', question);
    requireText('context', context);
    const q = tokenizer.encode(question, checkTime);
    const c = encodeContext(context, checkTime);
    const sizes = { ...parameters, specialTokens: limits.specialTokens };
    const windows = contextWindows(q.ids.length, c.ids.length, sizes);
    requireWindows(windows, q.ids.length, sizes, maxPositions);
    return { parameters, q, c, windows };
  }

  return {
    modelDigest,
    prepare(question, context, requested = {}) {
      const { q, c, windows } = planned(question, context, requested);
      return windows.map((window) => ({ window, input: windowInput(pair, q, c, window) }));
    },
    async answer(question, context, requested = {}, remainingMs = () => Number.POSITIVE_INFINITY) {
      const { checkTime, inTime } = deadlineGuard(remainingMs, now, pace);
      const { parameters, q, c, windows } = planned(question, context, requested, checkTime);
      const { topK, maxAnswerLen, alignToWords, handleImpossibleAnswer } = parameters;
      // More spans than answers, as spans that align to the same words are merged.
      const spansPerWindow = alignToWords ? topK * 2 + 10 : topK;
      const starts = { questionStart: pair.before.length, contextStart: contextStart(pair, q) };
      const texts = { question: q, context: c, ...starts };
      const ranking = createRanking();
      let nullScore = Number.POSITIVE_INFINITY;

      async function readWindow(window: Window): Promise<void> {
        // One input at a time, as all of them together can be a thousand times as large as the text.
        const { start_logits, end_logits } = await session.run(windowInput(pair, q, c, window));
        const allowed = allowedTokens(pair, q, window);
        const logits = { startLogits: start_logits!, endLogits: end_logits!, allowed };
        const found = bestSpans(logits, maxAnswerLen, spansPerWindow);
        nullScore = Math.min(nullScore, found.nullScore);
        for (const { start: first, end: last, score } of found.spans) {
          const { start, end } = spanCharacters({ ...texts, window }, first, last, alignToWords);
          ranking.add({ answer: context.slice(start, end), score, start, end });
        }
      }

      const tokensOf = ({ first, end }: Window) => q.ids.length + limits.specialTokens + end - first;
      let tokensLeft = windows.reduce((sum, window) => sum + tokensOf(window), 0);
      for (const window of windows) {
        tokensLeft -= tokensOf(window);
        await inTime(tokensOf(window), tokensLeft, () => readWindow(window));
      }
      const answers = ranking.best(topK, handleImpossibleAnswer ? nullScore : undefined);
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
  { maxSeqLen, docStride, specialTokens }: WindowLimits,
  maxPositions: number,
): void {
  if (windows.length === 0) {
    throw new QuestionTooLongError(
      `Expected a question of fewer than ${Math.max(1, maxSeqLen - docStride - specialTokens)} tokens ` +
        `with "max_seq_len" ${maxSeqLen} and "doc_stride" ${docStride}, got ${questionTokens}`,
    );
  }
  const longest = questionTokens + specialTokens + windows[0]!.end;
  if (longest > maxPositions) {
    throw new InvalidParameterError(
      'max_seq_len',
      `at most ${maxPositions}, which the model has positions for,`,
      maxSeqLen,
    );
  }
}
