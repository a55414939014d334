/** Every error that a caller can get: its HTTP status, and what it means. docs/errors.md lists the same. */
export const REQUEST_ERRORS = {
  INVALID_EVENT: { status: 400, meaning: 'The event is not one of API Gateway REST (payload 1.0).' },
  INVALID_JSON: { status: 400, meaning: 'The body is not a JSON object in UTF-8.' },
  MISSING_FIELD: { status: 400, meaning: '`question` or `context` is absent; the message names it.' },
  EMPTY_FIELD: { status: 400, meaning: '`question` or `context` holds nothing but white space; the message names it.' },
  INVALID_FIELD: { status: 400, meaning: '`question` or `context` is not a string; the message names it.' },
  UNKNOWN_FIELD: {
    status: 400,
    meaning: 'The body has a field that the function does not know; the message names it.',
  },
  QUESTION_TOO_LONG: { status: 400, meaning: 'The question leaves no room for the context in a window of the model.' },
  INTERNAL_ERROR: { status: 500, meaning: 'A fault in the function. Its log has the cause under the same eventId.' },
  MODEL_UNAVAILABLE: {
    status: 503,
    meaning: 'The model cannot be loaded; the log says why. The next request tries again.',
  },
} as const;
export type RequestErrorCode = keyof typeof REQUEST_ERRORS;

/** An answer that is an error. */
export class RequestError extends Error {
  override name = 'RequestError';
  readonly code: RequestErrorCode;

  constructor(code: RequestErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
