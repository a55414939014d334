/** Every error that a caller can get, of all tasks: its HTTP status, and what it means. docs/errors.md has the same table. */
export const REQUEST_ERRORS = {
  INVALID_EVENT: {
    status: 400,
    meaning:
      'The event is not a request, and not an event of API Gateway (REST or HTTP API), a Function URL or a load balancer.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    meaning: 'The method is not POST. The response header `allow` names the allowed method.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    meaning:
      'The function does not take the content type, the charset or the content encoding. It takes JSON (`application/json`, `*/*+json`, and `application/x-www-form-urlencoded`, which `curl -d` sends), UTF-8, and gzip.',
  },
  BODY_TOO_LARGE: { status: 413, meaning: 'The body is larger than 1 MiB, as received or decompressed.' },
  INVALID_JSON: { status: 400, meaning: 'The body is not a JSON object in UTF-8.' },
  MISSING_FIELD: { status: 400, meaning: 'A required field is missing; the message names it.' },
  EMPTY_FIELD: {
    status: 400,
    meaning: 'A field is an empty list, or only white space; the message names it.',
  },
  INVALID_FIELD: {
    status: 400,
    meaning: 'A field, or the header `x-inference-id`, has a value of the wrong type or length; the message names it.',
  },
  UNKNOWN_FIELD: {
    status: 400,
    meaning: 'The body has a field or a parameter that the function does not know; the message names it.',
  },
  INVALID_PARAMETER: {
    status: 400,
    meaning: 'A parameter has a value that is impossible with this model; the message names it.',
  },
  TOO_MANY_PAIRS: { status: 400, meaning: 'One request asks more than 100 questions.' },
  TOO_MANY_TEXTS: { status: 400, meaning: 'One request has more than 100 texts.' },
  QUESTION_TOO_LONG: {
    status: 400,
    meaning:
      'The question leaves no room for the context in a window of the model. If the request has many, `details.index` names this one, counted from 0.',
  },
  TEXT_TOO_LONG: {
    status: 400,
    meaning:
      'The text, together with its `text_pair`, has more tokens than the model takes. `truncation` cuts it. If the request has many, `details.index` names this one, counted from 0.',
  },
  ANSWER_TOO_LARGE: {
    status: 400,
    meaning:
      'The answers are larger than 2 MiB together (behind a load balancer, 480 KiB): ask less at once, or lower `top_k`.',
  },
  INTERNAL_ERROR: { status: 500, meaning: 'A fault in the function. Its log has the cause under the same eventId.' },
  MODEL_UNAVAILABLE: {
    status: 503,
    meaning: 'The model cannot be loaded; the log says why. The next request tries again.',
  },
  DEADLINE_EXCEEDED: {
    status: 503,
    meaning: "The answer would not be ready before the function's time-out: shorten the text, or ask less at once.",
  },
} as const;
export type RequestErrorCode = keyof typeof REQUEST_ERRORS;

/** An error that a caller gets. */
export class RequestError extends Error {
  override name = 'RequestError';
  readonly code: RequestErrorCode;
  /** Facts about the error that a program can use. */
  readonly details?: Record<string, unknown>;

  constructor(
    code: RequestErrorCode,
    message: string,
    { details, ...options }: ErrorOptions & { details?: Record<string, unknown> } = {},
  ) {
    super(message.toWellFormed(), options); // it may quote a part of the request, cut in the middle of a character
    this.code = code;
    this.details = details;
  }
}

/** Whether the same request may be answered when it is sent again: the fault was not the caller's. */
export function mayBeRetried(code: RequestErrorCode): boolean {
  return REQUEST_ERRORS[code].status >= 500;
}

/** The error that a caller gets for whatever was thrown. */
export function asRequestError(error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  return new RequestError('INTERNAL_ERROR', 'The request could not be answered', { cause: error });
}

/** The body of every response that is an error. */
export interface ErrorBody {
  error: { code: RequestErrorCode; message: string; details?: Record<string, unknown> };
}
