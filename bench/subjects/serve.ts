/** What a subject is asked to do: one question, and which of its tasks shall answer it. */
export interface Question {
  /** Names the input, so that a task can prepare it once. */
  id: string;
  question: string;
  context: string;
}

/** A piece of work that is measured. Everything in it is on the clock. */
export type Work = (question: Question) => Promise<{ answer: string; score?: number }>;

/** Work, and what is done before it, off the clock. */
export type Task = Work | { prepare: (question: Question) => unknown; work: Work };

export interface Request extends Question {
  task: string;
}

/** `ms`: the time of the task alone, without the messages between the processes. */
export type Reply = { answer: string; score?: number; ms: number } | { error: string };

/** Sent once, when the subject can be asked. `runtime`: what runs the model, with its version. */
export interface Ready {
  ready: true;
  runtime: string;
}

/**
 * The child's side of a measurement: says that it is ready, then answers each request with the task it names, one at a time, until
 * the parent goes away.
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
    const { answer, score } = await work(question);
    return { answer, score, ms: performance.now() - startedMs };
  } catch (error) {
    return { error: String(error) };
  }
}
