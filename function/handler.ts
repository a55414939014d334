import { randomUUID } from 'node:crypto';
import type { CaptureClient } from '../capture/client.ts';
import { admit } from './admission.ts';
import { type AnswerBody, answerRequest } from './answering.ts';
import { type ErrorBody, REQUEST_ERRORS, RequestError, type RequestErrorCode } from './errors.ts';
import { type Incoming, readEvent } from './event.ts';
import { inferenceIdOfBody, inferenceIdOfHeader } from './inference-id.ts';
import type { Log } from './log.ts';
import type { QaPipeline } from './qa/pipeline.ts';
import { parseRequest } from './request.ts';
import { respond } from './response.ts';

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
  /** How long before the function's time-out an answer must be there. */
  deadlineMarginMs: number;
}

/** What we use of Lambda's context. */
export interface InvocationContext {
  awsRequestId: string;
  getRemainingTimeInMillis?: () => number;
}

/** Takes an event and resolves to the response in the form of its door: it never rejects. */
export type Handler = (event: unknown, context: InvocationContext) => Promise<ReturnType<typeof respond>>;

/** Answers events, and captures every exchange, errors included, before it returns. */
export function createHandler(parts: HandlerParts): Handler {
  const { pipeline, capture, log, now, traceId, deadlineMarginMs } = parts;
  let coldStart = true;

  return async (event, context) => {
    const startedMs = now();
    const eventId = randomUUID();
    const requestId = context.awsRequestId;
    const remaining = context.getRemainingTimeInMillis?.bind(context);

    const incoming = readEvent(event);
    const outcome = await answer(incoming, pipeline, remaining && (() => remaining() - deadlineMarginMs));
    const { status, body, inferenceId, errorCode, modelDigest, fault } = outcome;
    if (fault !== undefined) {
      const { inspect } = await import('node:util'); // not at every start
      log('ERROR', 'a request failed', { eventId, requestId, cause: inspect(fault) });
    }

    const json = JSON.stringify(body);
    const captured = await capture?.send({
      eventId,
      requestId,
      input: incoming.body,
      output: { contentType: 'application/json', encoding: 'JSON', data: json },
      status,
      inferenceId,
      errorCode,
      modelDigest,
      latencyMs: now() - startedMs,
      coldStart,
      traceId: traceId(),
    });
    coldStart = false;
    if (captured?.accepted === false) log('ERROR', 'a record was not captured', { ...captured, requestId });

    return respond(incoming.door, { status, body, json }, eventId);
  };
}

interface Outcome {
  status: number;
  body: AnswerBody | ErrorBody;
  inferenceId?: string;
  errorCode?: RequestErrorCode;
  modelDigest?: string;
  /** What went wrong inside the function, for its log. */
  fault?: unknown;
}

async function answer(
  incoming: Incoming,
  pipeline: HandlerParts['pipeline'],
  remainingMs?: () => number,
): Promise<Outcome> {
  let inferenceId: string | undefined;
  let modelDigest: string | undefined;
  try {
    inferenceId = inferenceIdOfHeader(incoming.headers.get('x-inference-id'));
    const json = admit(incoming);
    inferenceId ??= inferenceIdOfBody(json);
    const request = parseRequest(json);
    const qa = await pipeline().catch((cause) => {
      throw new RequestError('MODEL_UNAVAILABLE', 'The model cannot be loaded; try again later', { cause });
    });
    modelDigest = qa.modelDigest;
    return { status: 200, body: await answerRequest(qa, request, remainingMs), inferenceId, modelDigest };
  } catch (error) {
    return { inferenceId, modelDigest, ...failure(error) };
  }
}

function failure(error: unknown): Outcome {
  const { code, message, details, cause } =
    error instanceof RequestError
      ? error
      : new RequestError('INTERNAL_ERROR', 'The question could not be answered', { cause: error });
  return {
    status: REQUEST_ERRORS[code].status,
    errorCode: code,
    body: { error: { code, message, details } },
    fault: cause,
  };
}
