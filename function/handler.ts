import { randomUUID } from 'node:crypto';
import type { CaptureClient } from '../capture/client.ts';
import type { Log } from '../capture/log.ts';
import { type Sender, senderOf } from '../capture/sender.ts';
import { createTimekeeper, RESPONSE_MS, type TimeLeft } from '../capture/time-left.ts';
import { toldHeaders } from '../capture/told-headers.ts';
import { asRequestError, REQUEST_ERRORS, RequestError } from './errors.ts';
import { admit } from './event-sources/admission.ts';
import { type Incoming, message, readEvent } from './event-sources/event.ts';
import { PONG, pingSource } from './event-sources/ping.ts';
import { answerBatch, type QueueResponse, readBatch } from './event-sources/queue.ts';
import { mustFail, type Result, respond } from './event-sources/response.ts';
import { inferenceIdOfBody, inferenceIdOfHeader } from './inference-id.ts';
import { MAX_ANSWER_BYTES, MAX_BALANCER_ANSWER_BYTES } from './tasks/answer-inputs.ts';
import type { ServedModel } from './tasks/served-model.ts';
import { inTime } from './time-left.ts';

export interface HandlerParts {
  model: ServedModel;
  /** Absent: nothing is captured. */
  capture?: CaptureClient;
  /** The headers of a request that its record tells, by lower-case name. */
  headers: readonly string[];
  log: Log;
  /** Milliseconds on a clock that never goes back. */
  now: () => number;
  /** The X-Ray trace id of the present invocation. */
  traceId: () => string | undefined;
  /** How long before the function's time-out an answer must be ready, in milliseconds. */
  deadlineMarginMs: number;
}

/** What we use of Lambda's context. */
export interface InvocationContext {
  awsRequestId: string;
  getRemainingTimeInMillis?: () => number;
}

/**
 * Answers an event, and resolves to the response in the form that the event source takes.
 *
 * It rejects with a FunctionError only, where an error may be retried and the response has no status that says so.
 */
export type Handler = (
  event: unknown,
  context: InvocationContext,
) => Promise<ReturnType<typeof respond> | QueueResponse>;

/** The handler answers events, and captures every exchange, errors included, before it returns. */
export function createHandler(parts: HandlerParts): Handler {
  const { model, capture, headers, log, now, traceId, deadlineMarginMs } = parts;
  const timeLeftOf = createTimekeeper(now);
  let coldStart = true;

  /** Answers one request, and captures the exchange. */
  async function exchange(incoming: Incoming, sender: Sender, requestId: string, timeLeft?: TimeLeft): Promise<Result> {
    const startedMs = now();
    const eventId = randomUUID();
    const outcome = await answer(incoming, model, timeLeft && (() => timeLeft() - deadlineMarginMs));
    const { status, body, inferenceId, error, modelDigest } = outcome;
    if (error?.cause !== undefined) {
      const { inspect } = await import('node:util'); // loaded on demand: a start does not need it
      log('ERROR', 'a request failed', { eventId, requestId, cause: inspect(error.cause) });
    }

    const json = JSON.stringify(body);
    const record = {
      eventId,
      requestId,
      input: incoming.body.payload,
      output: { contentType: 'application/json', encoding: 'JSON', data: json } as const,
      status,
      inferenceId,
      errorCode: error?.code,
      modelDigest,
      latencyMs: now() - startedMs,
      coldStart,
      traceId: traceId(),
      ...sender,
      headers: toldHeaders(headers, incoming.headers),
    };
    coldStart = false;
    const captured = await capture?.send(record, timeLeft && Math.max(1, timeLeft() - RESPONSE_MS));
    if (captured?.accepted === false) log('ERROR', 'a record was not captured', { ...captured, requestId });
    return { status, body, json, error, eventId: captured?.accepted ? eventId : undefined };
  }

  return async (event, context) => {
    const ping = pingSource(event);
    if (ping !== undefined) {
      coldStart = false;
      return respond(ping, { status: 200, body: PONG, json: JSON.stringify(PONG) });
    }

    const requestId = context.awsRequestId;
    const timeLeft = timeLeftOf(context.getRemainingTimeInMillis?.bind(context));
    const batch = readBatch(event);
    if (batch === undefined) {
      const incoming = readEvent(event);
      return respond(incoming.source, await exchange(incoming, senderOf(event), requestId, timeLeft));
    }
    return answerBatch(
      batch,
      async (text, sender) => {
        const incoming = message(text);
        return mustFail(incoming.source, await exchange(incoming, sender, requestId, timeLeft));
      },
      () => timeLeft === undefined || timeLeft() > deadlineMarginMs,
    );
  };
}

interface Outcome {
  status: number;
  body: object;
  inferenceId?: string | undefined;
  modelDigest?: string | undefined;
  /** Why there is no answer; or, for many inputs, why one of them has none. Its cause goes to the log. */
  error?: RequestError | undefined;
}

async function answer(incoming: Incoming, model: ServedModel, remainingMs?: TimeLeft): Promise<Outcome> {
  let inferenceId: string | undefined;
  let modelDigest: string | undefined;
  try {
    inferenceId = inferenceIdOfHeader(incoming.headers.get('x-inference-id'));
    const reader = model.reader();
    const json = admit(incoming, reader.example);
    inferenceId ??= inferenceIdOfBody(json);
    // A wrong request is told so even while the model cannot be loaded.
    const request = reader.parse(json);
    const loading = inTime(
      model.load(),
      remainingMs,
      () => new Error("Expected the model to load before the function's time-out"),
    );
    const loaded = await loading.catch((cause) => {
      throw new RequestError('MODEL_UNAVAILABLE', 'The model cannot be loaded; try again later', { cause });
    });
    modelDigest = loaded.modelDigest;
    const maxBytes = incoming.source.startsWith('load-balancer') ? MAX_BALANCER_ANSWER_BYTES : MAX_ANSWER_BYTES;
    const known = loaded.task === reader; // false if the task was unknown until this request loaded the model
    const answered = await loaded.run(known ? request : loaded.task.parse(json), { remainingMs, maxBytes });
    return { status: 200, ...answered, inferenceId, modelDigest };
  } catch (thrown) {
    const error = asRequestError(thrown);
    const { code, message: text, details } = error;
    const body = { error: { code, message: text, details } };
    return { status: REQUEST_ERRORS[code].status, body, inferenceId, modelDigest, error };
  }
}
