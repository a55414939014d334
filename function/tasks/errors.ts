import type { RequestErrorCode } from '../errors.ts';

/** An input of a request cannot be answered, because of what it holds. A caller who sent many inputs is told which one it was. */
export class InputError extends Error {
  override name = 'InputError';
  readonly code: RequestErrorCode;

  constructor(code: RequestErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A parameter, or a text, has a value that nothing can be answered with. */
export class InvalidParameterError extends Error {
  override name = 'InvalidParameterError';
  /** Its name in Hugging Face's spelling, such as `top_k`. */
  readonly parameter: string;

  constructor(parameter: string, expected: string, got: unknown) {
    super(`Expected ${expected} in "${parameter}", got ${got}`);
    this.parameter = parameter;
  }
}
