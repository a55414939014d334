/** A request to the Runtime, Extensions or Telemetry API that Lambda refuses. The answer is `{errorMessage, errorType}`. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly status: number;
  readonly errorType: string;

  constructor(status: number, errorType: string, message: string) {
    super(message);
    this.status = status;
    this.errorType = errorType;
  }
}

export const NOT_ALLOWED = 'State transition is not allowed';
export const CONCURRENT = 'Concurrent state modification';
