import { type Answer, rankAnswers } from './answers.ts';
import { readModelFolder } from './model-folder.ts';
import { createSession, type ModelInput, type QaSession } from './session.ts';
import { bestSpans } from './spans.ts';
import { createTokenizer, type EncodedText, type Tokenizer } from './tokenizer.ts';
import { contextWindows, type Window } from './windows.ts';

/** How a question is answered. The names and defaults are those of Hugging Face's pipeline. */
export interface QaParameters {
  /** Most tokens of one run of the model. @default the lesser of 384 and what the model has positions for */
  maxSeqLen: number;
  /** Tokens that neighbouring windows share. @default the lesser of 128 and half of maxSeqLen */
  docStride: number;
  /** Most tokens of an answer. @default 15 */
  maxAnswerLen: number;
}

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
   * The best answer to a question from a text.
   *
   * @throws QuestionTooLongError
   */
  answer(question: string, context: string): Promise<Answer>;
  /** What `answer` runs the model on, window by window. */
  prepare(question: string, context: string): PreparedWindow[];
  /** SHA-256 of the model file, in hexadecimal. */
  modelDigest: string;
}

/**
 * Loads a model and makes the pipeline around it.
 *
 * @param folder the model's folder, see model-folder.ts
 * @param threads of the model; as many as there are vCPUs
 * @throws ModelFolderError
 */
export async function loadPipeline(folder: string, threads: number): Promise<QaPipeline> {
  const { model, tokenizer, tokenizerConfig, maxPositions } = await readModelFolder(folder);
  const [session, digest] = await Promise.all([
    createSession(model, threads),
    crypto.subtle.digest('SHA-256', model as Buffer<ArrayBuffer>),
  ]);
  const maxSeqLen = Math.min(maxPositions, 384);
  const parameters = { maxSeqLen, docStride: Math.min(maxSeqLen >> 1, 128), maxAnswerLen: 15 };
  const modelDigest = Buffer.from(digest).toString('hex');
  return createPipeline(createTokenizer(tokenizer, tokenizerConfig), session, parameters, modelDigest);
}

export function createPipeline(
  tokenizer: Tokenizer,
  session: QaSession,
  parameters: QaParameters,
  modelDigest: string,
): QaPipeline {
  function prepareEncoded(question: EncodedText, context: EncodedText): PreparedWindow[] {
    const windows = contextWindows(question.ids.length, context.ids.length, parameters);
    if (windows.length === 0) {
      throw new QuestionTooLongError(
        `Expected a question of fewer than ${parameters.maxSeqLen - parameters.docStride - 3} tokens, got ${question.ids.length}`,
      );
    }
    return windows.map((window) => ({ window, input: modelInput(tokenizer, question, context, window) }));
  }

  return {
    modelDigest,
    prepare: (question, context) => prepareEncoded(tokenizer.encode(question), tokenizer.encode(context)),
    async answer(question, context) {
      const q = tokenizer.encode(question);
      const c = tokenizer.encode(context);
      const offset = q.ids.length + 2;
      const candidates: Answer[] = [];
      for (const { input, window } of prepareEncoded(q, c)) {
        const logits = await session.run(input);
        const inSequence = { first: offset, end: offset + window.end - window.first };
        for (const span of bestSpans({ ...logits, ...inSequence }, parameters.maxAnswerLen, SPANS_PER_WINDOW)) {
          const toContext = window.first - offset;
          candidates.push(alignedAnswer(context, c, span.start + toContext, span.end + toContext, span.score));
        }
      }
      return rankAnswers(candidates, 1)[0] ?? { answer: '', score: 0, start: 0, end: 0 };
    },
  };
}

/** Several spans can align to one word and are then merged: Hugging Face takes `top_k * 2 + 10` of each window. */
const SPANS_PER_WINDOW = 12;

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

/** The answer of a span, widened to whole words. `start` and `end` are tokens of the context, both inclusive. */
function alignedAnswer(
  text: string,
  context: EncodedText,
  startToken: number,
  endToken: number,
  score: number,
): Answer {
  const { start } = context.words[context.tokenWord[startToken]!]!;
  const { end } = context.words[context.tokenWord[endToken]!]!;
  return { answer: text.slice(start, end), score, start, end };
}
