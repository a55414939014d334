import { MAX_ID_LENGTH } from '../capture/wire.ts';

/** What Lambda answers where a handler throws, without the stack. */
export function errorBody(error: unknown): { errorType: string; errorMessage: string } {
  return { errorType: nameOf(error), errorMessage: safely(() => messageOf(error), '') };
}

/** The name of an error, of a length that a record takes. Of something else that is thrown, its type, as Lambda has it. */
export function nameOf(error: unknown): string {
  return (
    safely(() => (error instanceof Error ? String(error.name) : typeof error).slice(0, MAX_ID_LENGTH), '') || 'Error'
  );
}

/** What the log says of an error: its name and its place. Not its message, which may quote what a record holds. */
export function faultOf(error: unknown): { cause: string; at?: string | undefined } {
  const stack = safely(() => (error instanceof Error ? String(error.stack) : ''), '');
  return { cause: nameOf(error), at: /^\s+at (.*)$/m.exec(stack)?.[1] };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? String(error.message) : String(error);
}

/** What is thrown is the function's, and may throw once more when it is looked at. */
function safely<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
