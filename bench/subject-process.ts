import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { endProcess } from '../harness/end-process.ts';
import type { Subject } from './interleave.ts';
import { rssMb } from './rss.ts';
import type { Ready, Reply, Request } from './subjects/serve.ts';

export interface SubjectProgram {
  /** Its name in error messages. */
  name: string;
  /** The module to fork. It answers as `serve` does. */
  file: string;
  args: readonly string[];
  /** Added to the environment. */
  env?: Record<string, string>;
}

/** A running subject: a forked process that answers questions. */
export interface SubjectProcess extends AsyncDisposable {
  /** The library that runs the model in it, with its version. */
  runtime: string;
  /** Its resident memory, in MB of 1024 * 1024 bytes. */
  rssMb(): Promise<number>;
  /** One of its tasks, to be measured. @param name in the table; by default the name of the program */
  task(task: string, name?: string): Subject;
}

/** A start or an answer that takes longer counts as hung. 64 questions about a long text take half a minute. */
const READY_MS = 60_000;
const REPLY_MS = 180_000;

/**
 * Starts a subject and waits until it can be asked. Its output goes to stderr, because stdout is for the table.
 *
 * @throws {Error} where it ends or hangs before that
 */
export async function startSubject({ name, file, args, env }: SubjectProgram): Promise<SubjectProcess> {
  const child = fork(file, args, {
    // No onnxruntime may send telemetry while it is measured.
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1', ...env },
    stdio: ['ignore', process.stderr, process.stderr, 'ipc'],
  });
  try {
    const { runtime } = await message<Ready>(child, name, READY_MS);
    return {
      runtime,
      rssMb: () => rssMb(child.pid!),
      task: (task, subject = name) => ({
        name: subject,
        async ask(question) {
          const reply = message<Reply>(child, name, REPLY_MS);
          child.send({ task, ...question } satisfies Request);
          const answered = await reply;
          if ('error' in answered) throw new Error(`${name}: ${answered.error}`);
          return answered;
        },
      }),
      [Symbol.asyncDispose]: () => endProcess(child),
    };
  } catch (error) {
    await endProcess(child);
    throw error;
  }
}

/** The next message of a child. @throws {Error} where it ends first, or sends none in time */
async function message<T>(child: ChildProcess, name: string, timeoutMs: number): Promise<T> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const timer = setTimeout(
    () => waiting.abort(new Error(`Expected a message of ${name}, got none for ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  const ended = (code: number | null, by: string | null) =>
    waiting.abort(new Error(`${name} ended early, with ${by ?? `exit code ${code}`}. Its own message is above.`));
  child.once('exit', ended);
  try {
    const [value] = await once(child, 'message', { signal });
    return value as T;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    clearTimeout(timer);
    child.off('exit', ended);
  }
}
