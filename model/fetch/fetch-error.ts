/** A model cannot be fetched. The message says what was expected, what came, and what to do. */
export class FetchError extends Error {
  override name = 'FetchError';
}

/** A fault of the network or of the hub that may be over with the next attempt. */
export class TransientError extends FetchError {
  override name = 'TransientError';
  /** How long the hub asks its clients to wait, in milliseconds. */
  readonly retryAfterMs?: number;

  constructor(message: string, { retryAfterMs, ...options }: ErrorOptions & { retryAfterMs?: number } = {}) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}
