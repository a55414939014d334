/** An error of Lambda's Invoke API. */
export class InvokeError extends Error {
  override name = 'InvokeError';
  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

/** The parts of a function's name: `NAME`, `NAME:QUALIFIER`, `ACCOUNT:function:NAME`, or an ARN with or without a qualifier. */
export function functionNameOf(text: string): { name: string; qualifier?: string } {
  const [, name = text, qualifier] =
    /^(?:(?:arn:[^:]+:lambda:[^:]+:)?\d{12}:function:)?([^:]+)(?::([^:]+))?$/.exec(text) ?? [];
  return qualifier === undefined ? { name } : { name, qualifier };
}
