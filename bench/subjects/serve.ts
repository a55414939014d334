/** One input of a subject. */
export interface Question {
  /** The request id of the question. */
  id: string;
  question: string;
  context: string;
}

/** Work of which all time is measured. */
export type Work = (question: Question) => Promise<{ answer: string }>;

/** Work, and preparation whose time is not measured. */
export type Task = Work | { prepare: (question: Question) => unknown; work: Work };

/** A question, and the name of the task that is to answer it. */
export interface Request extends Question {
  task: string;
}

/** `ms`: the time of the work alone, without that of the messages between the processes. */
export type Reply = { answer: string; ms: number } | { error: string };

/** Sent once, when the subject can be asked. `runtime`: the library that runs the model, with its version. */
export interface Ready {
  ready: true;
  runtime: string;
}

/**
 * Serves requests of the parent process, until the parent ends. It expects one request at a time.
 *
 * @param runtime as in {@link Ready}
 */
export function serve(tasks: Record<string, Task>, runtime: string): void {
  process.on('message', async (request: Request) => {
    process.send?.(await timed(tasks[request.task], request));
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ ready: true, runtime } satisfies Ready);
}

async function timed(task: Task | undefined, { task: name, ...question }: Request): Promise<Reply> {
  if (task === undefined) return { error: `There is no task "${name}"` };
  try {
    const { prepare, work } = typeof task === 'function' ? { prepare: undefined, work: task } : task;
    await prepare?.(question);
    const startedMs = performance.now();
    const { answer } = await work(question);
    return { answer, ms: performance.now() - startedMs };
  } catch (error) {
    return { error: String(error) };
  }
}
