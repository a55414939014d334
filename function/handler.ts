import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import type { APIGatewayProxyResult } from 'aws-lambda';
import type { CaptureClient } from '../capture/client.ts';
import type { Payload } from '../capture/record.ts';
import { REQUEST_ERRORS, RequestError } from './errors.ts';
import { eventBody } from './event.ts';
import type { Log } from './log.ts';
import { type QaPipeline, QuestionTooLongError } from './qa/pipeline.ts';
import { parseRequest } from './request.ts';

export interface HandlerParts {
  /** The pipeline, loaded; rejects with what kept it from loading. */
  pipeline: () => Promise<QaPipeline>;
  /** Absent: nothing is captured. */
  capture?: CaptureClient;
  log: Log;
  /** Milliseconds on a clock that never goes back. */
  now: () => number;
  /** The X-Ray trace id of the present invocation. */
  traceId: () => string | undefined;
}

export type Handler = (event: unknown, context: { awsRequestId: string }) => Promise<APIGatewayProxyResult>;

/** Answers API Gateway events, and captures every exchange, errors included, before it returns. */
export function createHandler({ pipeline, capture, log, now, traceId }: HandlerParts): Handler {
  let coldStart = true;

  return async (event, { awsRequestId: requestId }) => {
    const startedMs = now();
    const eventId = randomUUID();
    const outcome = await answer(event, pipeline);
    if (outcome.fault !== undefined)
      log('ERROR', 'a request failed', { eventId, requestId, cause: inspect(outcome.fault) });

    const output = { contentType: 'application/json', encoding: 'JSON', data: JSON.stringify(outcome.body) } as const;
    const { input, status, errorCode, modelDigest } = outcome;
    const captured = await capture?.send({
      eventId,
      requestId,
      input,
      output,
      status,
      errorCode,
      modelDigest,
      latencyMs: now() - startedMs,
      coldStart,
      traceId: traceId(),
    });
    coldStart = false;
    if (captured?.accepted === false) log('ERROR', 'a record was not captured', { ...captured, requestId });

    return {
      statusCode: status,
      headers: { 'content-type': output.contentType, 'x-capture-event-id': eventId },
      body: output.data,
    };
  };
}

interface Outcome {
  input: Payload;
  status: number;
  body: unknown;
  errorCode?: string;
  modelDigest?: string;
  /** What went wrong inside the function, for its log. */
  fault?: unknown;
}

async function answer(event: unknown, pipeline: HandlerParts['pipeline']): Promise<Outcome> {
  let input: Payload | undefined;
  let modelDigest: string | undefined;
  try {
    input = eventBody(event);
    const { question, context } = parseRequest(input);
    const qa = await pipeline().catch((cause) => {
      throw new RequestError('MODEL_UNAVAILABLE', 'The model cannot be loaded; try again later', { cause });
    });
    modelDigest = qa.modelDigest;
    return { input, status: 200, body: await qa.answer(question, context), modelDigest };
  } catch (error) {
    input ??= { contentType: 'application/json', encoding: 'JSON', data: JSON.stringify(event) };
    return { input, modelDigest, ...failure(error) };
  }
}

function failure(error: unknown): Omit<Outcome, 'input' | 'modelDigest'> {
  const { code, message, cause } = requestError(error);
  const { status } = REQUEST_ERRORS[code];
  return { status, errorCode: code, body: { error: { code, message } }, fault: cause };
}

function requestError(error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  if (error instanceof QuestionTooLongError) return new RequestError('QUESTION_TOO_LONG', error.message);
  return new RequestError('INTERNAL_ERROR', 'The question could not be answered', { cause: error });
}
