import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { endProcess } from '../harness/end-process.ts';
import type { Subject } from './interleave.ts';
import { rssMb } from './memory.ts';
import type { Ready, Reply, Request } from './subjects/serve.ts';

export interface SubjectProgram {
  /** How messages name it. */
  name: string;
  /** The module to fork; it calls `serve`. */
  file: string;
  args: readonly string[];
  /** Added to the environment. */
  env?: Record<string, string>;
}

/** A forked process that answers questions. */
export interface SubjectProcess extends AsyncDisposable {
  /** What runs the model in it, with its version. */
  runtime: string;
  /** The memory that it holds now, in MB of 1024 * 1024 bytes. */
  rssMb(): Promise<number>;
  /** One of its tasks, as something to measure. */
  task(task: string, name?: string): Subject;
}

/** A model that is loaded in longer, or a request that is answered in longer, hangs: 64 questions about a long text take half a minute. */
const READY_MS = 60_000;
const REPLY_MS = 180_000;

/**
 * Starts a subject and waits until it can be asked. What it prints goes to stderr: stdout is for the table.
 *
 * @throws Error when it ends or hangs first
 */
export async function startSubject({ name, file, args, env }: SubjectProgram): Promise<SubjectProcess> {
  const child = fork(file, args, {
    // Nobody's onnxruntime shall talk to its maker while it is measured.
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

/** The next message of a child. */
async function message<T>(child: ChildProcess, name: string, timeoutMs: number): Promise<T> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const timer = setTimeout(() => waiting.abort(new Error(`${name} said nothing for ${timeoutMs / 1000} s`)), timeoutMs);
  const ended = (code: number | null, by: string | null) =>
    waiting.abort(new Error(`${name} ended early, with ${by ?? `exit code ${code}`}; its own message stands above`));
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
