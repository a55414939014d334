import { RequestError } from './errors.ts';
import type { Answer } from './qa/answers.ts';
import { DeadlineExceededError } from './qa/deadline.ts';
import { InvalidParameterError } from './qa/parameters.ts';
import { type QaPipeline, QuestionTooLongError } from './qa/pipeline.ts';
import type { QaRequest } from './request.ts';

/**
 * Most bytes of the answers to one request, as JSON. As a string in the JSON of a proxy's response they at most double, and stay below
 * the 6 MB that Lambda lets through.
 */
export const MAX_ANSWER_BYTES = 2 * 1024 * 1024;

/** One answer; a list of them, best first, where `top_k` is above 1; or a list of either where many questions were asked. */
export type AnswerBody = Answer | Answer[] | (Answer | Answer[])[];

/**
 * Answers the questions of a request, one after the other.
 *
 * @param remainingMs what is left of the time that answering may take
 * @throws RequestError QUESTION_TOO_LONG, INVALID_PARAMETER, DEADLINE_EXCEEDED or ANSWER_TOO_LARGE
 */
export async function answerRequest(
  qa: QaPipeline,
  { pairs, many, parameters }: QaRequest,
  remainingMs?: () => number,
): Promise<AnswerBody> {
  const bodies: (Answer | Answer[])[] = [];
  let bytes = 0;
  for (const [index, { question, context }] of pairs.entries()) {
    const answers = await qa.answer(question, context, parameters, remainingMs).catch((error) => {
      throw requestErrorOf(error, many ? { index } : undefined);
    });
    const body = (parameters.topK ?? 1) > 1 ? answers : answers[0]!;
    bytes += Buffer.byteLength(JSON.stringify(body)) + 1;
    if (bytes > MAX_ANSWER_BYTES) {
      throw new RequestError('ANSWER_TOO_LARGE', `Expected at most ${MAX_ANSWER_BYTES} bytes of answers, got more`);
    }
    bodies.push(body);
  }
  return many ? bodies : bodies[0]!;
}

/** What the pipeline throws, as a caller may see it; a fault of ours stays what it is. */
function requestErrorOf(error: unknown, details?: { index: number }): unknown {
  if (error instanceof QuestionTooLongError) return new RequestError('QUESTION_TOO_LONG', error.message, { details });
  if (error instanceof InvalidParameterError) return new RequestError('INVALID_PARAMETER', error.message);
  if (error instanceof DeadlineExceededError) {
    return new RequestError('DEADLINE_EXCEEDED', 'Expected an answer within the time of the function, got none', {
      cause: error, // for the log: it may be a matter of memory, and so of threads
    });
  }
  return error;
}
