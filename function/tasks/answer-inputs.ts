import { asRequestError, type ErrorBody, mayBeRetried, RequestError } from '../errors.ts';
import { DeadlineExceededError } from '../model/deadline.ts';
import { InputError, InvalidParameterError } from './errors.ts';
import type { Answers, RunLimits } from './task.ts';

/**
 * Most bytes of the answers to one request, as JSON. As a string in the JSON of a proxy's response they at most double, and stay below
 * the 6 MB that Lambda lets through.
 */
export const MAX_ANSWER_BYTES = 2 * 1024 * 1024;

/** The same behind an Application Load Balancer, which lets 1 MB through. */
export const MAX_BALANCER_ANSWER_BYTES = 480 * 1024;

/** A request with one input or many, all with the same parameters. */
export interface InputsRequest<Input, Parameters> {
  /** In the order of the request, at least one. */
  inputs: Input[];
  /** Whether the inputs came as a list. Then the answers go as a list. */
  many: boolean;
  parameters: Parameters;
}

/**
 * Answers the inputs of a request, one after the other. Of many inputs, each gets its answer or its error.
 *
 * @param answer answers one input
 * @throws RequestError where no input could be answered: the code of an InputError, INVALID_PARAMETER, DEADLINE_EXCEEDED, ANSWER_TOO_LARGE or INTERNAL_ERROR
 */
export async function answerInputs<Input, Parameters>(
  { inputs, many, parameters }: InputsRequest<Input, Parameters>,
  answer: (input: Input, parameters: Parameters, remainingMs?: () => number) => Promise<object>,
  { remainingMs, maxBytes = MAX_ANSWER_BYTES }: RunLimits = {},
): Promise<Answers> {
  const bodies: (object | ErrorBody)[] = [];
  const errors: RequestError[] = [];
  let bytes = 0;

  async function answerOne(input: Input): Promise<object> {
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    const body = await answer(input, parameters, remainingMs);
    bytes += Buffer.byteLength(JSON.stringify(body)) + 1;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    return body;
  }

  for (const [index, input] of inputs.entries()) {
    try {
      bodies.push(await answerOne(input));
    } catch (thrown) {
      const error = requestErrorOf(thrown, many ? { index } : undefined);
      errors.push(error);
      bodies.push({ error: { code: error.code, message: error.message } });
    }
  }
  const error = errors.find(({ code }) => mayBeRetried(code)) ?? errors[0];
  if (errors.length === inputs.length) throw error;
  return { body: many ? bodies : bodies[0]!, error };
}

function tooLarge(maxBytes: number): RequestError {
  return new RequestError('ANSWER_TOO_LARGE', `Expected at most ${maxBytes} bytes of answers, got more`);
}

/**
 * The error that a caller gets for what was thrown while an input was answered.
 *
 * @param details which of many inputs it was
 */
function requestErrorOf(error: unknown, details?: { index: number }): RequestError {
  if (error instanceof InputError) return new RequestError(error.code, error.message, { details });
  if (error instanceof InvalidParameterError) return new RequestError('INVALID_PARAMETER', error.message);
  if (error instanceof DeadlineExceededError) {
    return new RequestError(
      'DEADLINE_EXCEEDED',
      "Expected an answer before the function's time-out, got none: send less text at once",
      {
        cause: error, // for the log: the cause may be too little memory, and with it too few threads
      },
    );
  }
  return asRequestError(error);
}
