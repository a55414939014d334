import type * as v from 'valibot';
import type { RequestError } from '../errors.ts';
import type { LoadedModel } from '../model/load-model.ts';
import type { TaskName } from '../model/supported-models.ts';

/** What a model is for: what its requests look like, and how they are answered. */
export interface Task<Request = unknown> {
  name: TaskName;
  /** What a request looks like as JSON, and what the task makes of it. Its messages are made by `says` of request-schema.ts. */
  schema: v.GenericSchema<unknown, Request>;
  /** A request in short, for the message of an error. */
  example: string;
  /** Reads a request, with no model loaded. @throws RequestError when it is wrong */
  parse(json: object): Request;
  /**
   * Checks what the task needs of config.json, with no model loaded. Absent: the task needs nothing of it.
   *
   * @throws ModelFolderError
   */
  checkConfig?(config: Record<string, unknown>): void;
  /**
   * Makes a loaded model ready to answer. It answers once, so that the first request does not wait for memory and compiled code.
   *
   * @throws Error when the model's settings or its outputs are not those of this task
   */
  load(model: LoadedModel): Promise<LoadedTask<Request>>;
}

/** A task with a model. */
export interface LoadedTask<Request = unknown> {
  task: Task<Request>;
  /** SHA-256 of the model file, in hexadecimal. */
  modelDigest: string;
  /** @throws RequestError when nothing of the request could be answered */
  run(request: Request, limits?: RunLimits): Promise<Answers>;
}

/** What bounds the answers to one request. */
export interface RunLimits {
  /** How much is left of the time that answering may take, in milliseconds. @default no bound */
  remainingMs?: (() => number) | undefined;
  /** Most bytes of all answers, as JSON. @default MAX_ANSWER_BYTES */
  maxBytes?: number;
}

/** The answers to one request. */
export interface Answers {
  /** What the caller gets, as JSON: the answer; or, to many inputs, a list of what each of them gets, its answer or an ErrorBody. */
  body: object;
  /** Why one of many inputs has no answer: the first error that may be retried, otherwise the first. Absent: every input has an answer. */
  error?: RequestError | undefined;
}
