import { asRequestError, type ErrorBody, mayBeRetried, RequestError } from '../errors.ts';
import { DeadlineExceededError } from '../model/deadline.ts';
import type { Answer } from './question-answering/answers.ts';
import { InvalidParameterError } from './question-answering/parameters.ts';
import { type QaPipeline, QuestionTooLongError } from './question-answering/pipeline.ts';
import type { QaRequest } from './question-answering/request.ts';

/**
 * Most bytes of the answers to one request, as JSON. As a string in the JSON of a proxy's response they at most double, and stay below
 * the 6 MB that Lambda lets through.
 */
export const MAX_ANSWER_BYTES = 2 * 1024 * 1024;

/** The same behind an Application Load Balancer, which lets 1 MB through. */
export const MAX_BALANCER_ANSWER_BYTES = 480 * 1024;

/** One answer, or a list of them, best first, where `top_k` is above 1. */
type QuestionAnswer = Answer | Answer[];

/** The answer to a question; or, where many were asked, a list of what each of them has got: its answer, or why it has none. */
export type AnswerBody = QuestionAnswer | (QuestionAnswer | ErrorBody)[];

export interface Answered {
  body: AnswerBody;
  /** Of many questions, why one has no answer: the first error that may be retried, else the first. Absent: all have one. */
  error?: RequestError | undefined;
}

/** What answering is bounded by. */
export interface AnswerLimits {
  /** What is left of the time that answering may take. Absent: as long as it takes. */
  remainingMs?: (() => number) | undefined;
  /** Most bytes of all answers, as JSON. @default MAX_ANSWER_BYTES */
  maxBytes?: number;
}

/**
 * Answers the questions of a request, one after the other. Of many, each has its answer or its error.
 *
 * @throws RequestError QUESTION_TOO_LONG, INVALID_PARAMETER, DEADLINE_EXCEEDED, ANSWER_TOO_LARGE or INTERNAL_ERROR where none could be answered
 */
export async function answerRequest(
  qa: QaPipeline,
  { pairs, many, parameters }: QaRequest,
  { remainingMs, maxBytes = MAX_ANSWER_BYTES }: AnswerLimits = {},
): Promise<Answered> {
  const bodies: (QuestionAnswer | ErrorBody)[] = [];
  const errors: RequestError[] = [];
  let bytes = 0;

  async function answerOne({ question, context }: QaRequest['pairs'][number]): Promise<QuestionAnswer> {
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    const answers = await qa.answer(question, context, parameters, remainingMs);
    const body = (parameters.topK ?? 1) > 1 ? answers : answers[0]!;
    bytes += Buffer.byteLength(JSON.stringify(body)) + 1;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    return body;
  }

  for (const [index, pair] of pairs.entries()) {
    try {
      bodies.push(await answerOne(pair));
    } catch (thrown) {
      const error = requestErrorOf(thrown, many ? { index } : undefined);
      errors.push(error);
      bodies.push({ error: { code: error.code, message: error.message } });
    }
  }
  const error = errors.find(({ code }) => mayBeRetried(code)) ?? errors[0];
  if (errors.length === pairs.length) throw error;
  return { body: many ? bodies : (bodies[0] as QuestionAnswer), error };
}

function tooLarge(maxBytes: number): RequestError {
  return new RequestError('ANSWER_TOO_LARGE', `Expected at most ${maxBytes} bytes of answers, got more`);
}

/**
 * What was thrown while a question was answered, as a caller may see it.
 *
 * @param details which of many questions it was
 */
function requestErrorOf(error: unknown, details?: { index: number }): RequestError {
  if (error instanceof QuestionTooLongError) return new RequestError('QUESTION_TOO_LONG', error.message, { details });
  if (error instanceof InvalidParameterError) return new RequestError('INVALID_PARAMETER', error.message);
  if (error instanceof DeadlineExceededError) {
    return new RequestError('DEADLINE_EXCEEDED', 'Expected an answer within the time of the function, got none', {
      cause: error, // for the log: it may be a matter of memory, and so of threads
    });
  }
  return asRequestError(error);
}
