import type { CaptureClient } from '../capture/client.ts';
import type { ContentTypes } from './payload.ts';

/** What is used of Lambda's context. A test may call a handler without one. */
export interface InvocationContext {
  awsRequestId?: string;
  getRemainingTimeInMillis?: () => number;
}

/**
 * One record of an invocation. Content is text, bytes, any JSON value, or `{contentType, data}`. Ids have 1 to 256 UTF-16 code units; the record goes without an id
 * that has not, and the log says so.
 */
export interface CapturedExchange {
  input: unknown;
  /** @default the result, as without options; and the error, where the handler has thrown one */
  output?: unknown;
  /** 100 to 599. @default the result's `statusCode`, or else 200; 500 where the handler has thrown */
  status?: number | undefined;
  /** @default the name of the error that the handler has thrown */
  errorCode?: string | undefined;
  /** The caller's own id. */
  inferenceId?: string | undefined;
  /** SHA-256 of the model file, in hexadecimal. */
  modelDigest?: string | undefined;
  /** At most 32, each of at most 1,024 UTF-16 code units. */
  customAttributes?: string[] | undefined;
}

interface Common extends ContentTypes {
  /** The client to send with: one that the function also uses for itself. @default one client for all handlers of the process */
  client?: CaptureClient | undefined;
}

/** What the input of an invocation is. It is read before the handler runs, which may change the event. */
export interface InputOptions<E, C> extends Common {
  /** @default the body of an HTTP request, the whole of any other event */
  input?: ((event: E, context: C) => unknown) | undefined;
  /** The caller's own id. @default none */
  inferenceId?: ((event: E, context: C) => string | undefined) | undefined;
}

interface OneRecord<E, R, C> extends InputOptions<E, C> {
  /** Of a handler that has returned. @default the body of an HTTP response, the whole of any other result */
  output?: ((result: R, event: E, context: C) => unknown) | undefined;
  records?: never;
}

interface ManyRecords<E, R, C> extends Common {
  /**
   * Any number of records for one invocation, such as one for each message of a queue.
   *
   * @param result undefined where the handler has thrown
   */
  records: (event: E, result: R | undefined, context: C) => readonly CapturedExchange[];
  input?: never;
  inferenceId?: never;
  output?: never;
}

/** What is captured of an invocation: one record (`input`, `output`, `inferenceId`, each with a default), or `records`. */
export type CaptureOptions<E, R, C = InvocationContext> = OneRecord<E, R, C> | ManyRecords<E, R, C>;

/** What is captured of an answer where the options say nothing. */
export interface Answer {
  output: unknown;
  status: number;
  customAttributes?: string[];
}
