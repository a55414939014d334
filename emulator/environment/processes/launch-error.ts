import { accessSync, closeSync, constants, existsSync, openSync, readSync } from 'node:fs';
import os from 'node:os';
import { getSystemErrorMap } from 'node:util';

/** What to do, by the system's error code. */
const ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'make it executable; what is not to be started does not belong in this folder',
  ENOENT: 'either the file is not there, or the interpreter that its first line names',
  ENOEXEC: 'it is neither a program nor a script whose first line begins with #!',
  EMFILE: 'raise the number of open files with `ulimit -n`',
  EAGAIN: 'end some processes, or raise their number with `ulimit -u`',
};

/** A program that could not be started. The message is Lambda's, `fork/exec FILE: permission denied`, with advice in brackets. */
export class LaunchError extends Error {
  override name = 'LaunchError';
  /** The system's error code, such as `EACCES`. */
  readonly code: string | undefined;

  /** @param cause the error of `spawn` */
  constructor(command: string, folder: string, cause: Error) {
    const { code, errno } = cause as NodeJS.ErrnoException;
    const [, reason] = getSystemErrorMap().get(errno ?? 0) ?? [code, cause.message];
    // Where the working directory is gone, `spawn` blames the program.
    const gone = code === 'ENOENT' && !existsSync(folder);
    const advice = gone || code === undefined ? undefined : ADVICE[code];
    super(`${gone ? `chdir ${folder}` : `fork/exec ${command}`}: ${reason}${advice ? ` (${advice})` : ''}`, { cause });
    this.code = code;
  }
}

/**
 * Refuses a text file without `#!`, as Linux and Lambda do. Node would give it to a shell.
 *
 * @throws {Error} ENOEXEC
 */
export function refuseText(command: string): void {
  const start = firstBytes(command);
  if (start === undefined || start.includes(0) || start.toString('latin1').startsWith('#!')) return;
  throw Object.assign(new Error('exec format error'), { code: 'ENOEXEC', errno: -os.constants.errno.ENOEXEC });
}

/** @returns undefined where the file cannot be executed or read; `spawn` will say why */
function firstBytes(file: string): Buffer | undefined {
  try {
    accessSync(file, constants.X_OK);
    const descriptor = openSync(file, 'r');
    try {
      const buffer = Buffer.alloc(80);
      return buffer.subarray(0, readSync(descriptor, buffer));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}
