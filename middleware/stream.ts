import type { Answer, InputOptions } from './options.ts';
import type { Recorder } from './recorder.ts';
import { listenTo, type ResponseStream, type Written } from './written.ts';

/** A handler as `awslambda.streamifyResponse` takes it. */
export type StreamHandler<E, S, C> = (event: E, responseStream: S, context: C) => Promise<void>;

export interface StreamOptions<E, C> extends InputOptions<E, C> {
  /** The most bytes of an output that are kept; the record has a mark where there were more. @default 6 MiB */
  maxOutputBytes?: number | undefined;
}

/** As much as an answer that is no stream may have. Input and output of this size fit into a record. */
export const MAX_OUTPUT_BYTES = 6 * 1024 * 1024;

/** How long before the function's time-out a stream that has not ended is captured as it is, in milliseconds: time to send the record. */
const MARGIN_MS = 500;

/** What was streamed, and whether the handler has thrown. */
export interface Streamed {
  written: Written;
  failed: boolean;
}

/**
 * A streaming handler of which every invocation is captured when its stream has ended, before its promise settles. Lambda waits for both as well.
 * Where the stream does not end in time, what was written until then is captured.
 */
export function withStreamCapture<E, S extends ResponseStream, C>(
  handler: StreamHandler<E, S, C>,
  recorder: Recorder<E, Streamed, C>,
  maxBytes: number,
): StreamHandler<E, S, C> {
  return async (event, responseStream, context) => {
    const invocation = recorder.begin(event, context);
    const written = listenTo(responseStream, maxBytes);
    try {
      await handler(event, responseStream, context);
    } catch (error) {
      await invocation.ended({ error, result: written.total() > 0 ? { written, failed: true } : undefined });
      throw error;
    }
    const { timeLeft } = invocation;
    if (timeLeft !== undefined) await within(timeLeft() - MARGIN_MS, written.ended); // else nobody knows how long there is time
    await invocation.ended({ result: { written, failed: false } });
  };
}

/** What is captured of a stream. One that was cut says so in its `customAttributes`. */
export function answerOfStream({ written, failed }: Streamed): Answer {
  const bytes = written.bytes();
  const cut = bytes.length < written.total();
  return {
    output: { contentType: written.contentType() ?? 'application/octet-stream', data: bytes },
    status: failed ? 500 : (written.status() ?? 200),
    ...(cut && { customAttributes: [`capturedOutputBytes=${bytes.length}`, `outputBytes=${written.total()}`] }),
  };
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, ms));
  });
  await Promise.race([work, timeUp]);
  clearTimeout(timer);
}
