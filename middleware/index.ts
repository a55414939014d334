/** Captures what a Lambda handler is asked and what it answers. Docs: docs/packages.md. */
import { createCaptureClient } from '../capture/client.ts';
import { clientConfig } from '../capture/client-config.ts';
import { log } from '../capture/log.ts';
import { refusingClient, withLossMetric } from '../capture/loss-metric.ts';
import { type Handler, withCapture } from './handler.ts';
import { answerOfResult } from './http.ts';
import { type CapturedMiddleware, middlewareOf } from './middy.ts';
import type { CapturedExchange, CaptureOptions, InputOptions, InvocationContext } from './options.ts';
import type { ContentTypes, TypedContent } from './payload.ts';
import { createRecorder, type RecorderParts } from './recorder.ts';
import {
  answerOfStream,
  MAX_OUTPUT_BYTES,
  type StreamHandler,
  type StreamOptions,
  withStreamCapture,
} from './stream.ts';
import type { ResponseStream } from './written.ts';

export type {
  CapturedExchange,
  CapturedMiddleware,
  CaptureOptions,
  ContentTypes,
  Handler,
  InputOptions,
  InvocationContext,
  ResponseStream,
  StreamHandler,
  StreamOptions,
  TypedContent,
};

/**
 * A handler of which every invocation is captured. It resolves to what the handler resolves to, and rejects with what the handler rejects with. The records are sent before that, which
 * takes at most CAPTURE_TIMEOUT_MS.
 *
 * @throws Error only where it is called, with CAPTURE_FAIL_CLOSED and a wrong variable of the capture
 */
export function captured<E, R, C extends InvocationContext = InvocationContext>(
  handler: Handler<E, R, C>,
  options: CaptureOptions<E, R, C> = {},
): Handler<E, R, C> {
  const parts = partsOf(options);
  return parts === undefined ? handler : withCapture(handler, createRecorder(parts, options, answerOfResult));
}

/**
 * The same as a middleware for Middy. Use it before all others: then it sees the event as it came and the response as it goes out.
 *
 * @throws Error only where it is called, with CAPTURE_FAIL_CLOSED and a wrong variable of the capture
 */
export function capturedMiddleware<E = unknown, R = unknown, C extends InvocationContext = InvocationContext>(
  options: CaptureOptions<E, R, C> = {},
): CapturedMiddleware<E, R, C> {
  const parts = partsOf(options);
  return middlewareOf(parts === undefined ? undefined : createRecorder(parts, options, answerOfResult));
}

/**
 * The same for a streaming handler: `awslambda.streamifyResponse(capturedStream(handler))`. What is written to the stream goes on at once.
 *
 * @throws Error only where it is called, with CAPTURE_FAIL_CLOSED and a wrong variable of the capture
 */
export function capturedStream<E, S extends ResponseStream, C extends InvocationContext = InvocationContext>(
  handler: StreamHandler<E, S, C>,
  options: StreamOptions<E, C> = {},
): StreamHandler<E, S, C> {
  const parts = partsOf(options);
  if (parts === undefined) return handler;
  return withStreamCapture(
    handler,
    createRecorder(parts, options, answerOfStream),
    options.maxOutputBytes ?? MAX_OUTPUT_BYTES,
  );
}

/** One for all handlers of the process, made with the first: then the environment is read. */
let shared: Shared | undefined;
interface Shared {
  client: RecorderParts['client'] | undefined;
  headers: readonly string[];
}

/** @returns undefined where nothing is captured */
function partsOf(options: Pick<InputOptions<never, never>, 'client'>): RecorderParts | undefined {
  shared ??= sharedOf(process.env);
  const client = shared.client && (options.client ?? shared.client);
  const traceId = () => process.env['_X_AMZN_TRACE_ID'] || undefined;
  return client && { client, log, now: () => performance.now(), traceId, headers: shared.headers };
}

function sharedOf(env: NodeJS.ProcessEnv): Shared {
  const { client, headers, fault } = clientConfig(env);
  const functionName = env['AWS_LAMBDA_FUNCTION_NAME'] || 'unknown';
  if (fault === undefined)
    return { client: client && withLossMetric(createCaptureClient(client), functionName, Date.now), headers };
  log('ERROR', 'wrong configuration: no record is captured', { cause: fault });
  return { client: refusingClient(functionName, Date.now), headers };
}
