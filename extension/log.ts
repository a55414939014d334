/** The levels of the log's lines, the least first. */
export const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
export type Level = (typeof LEVELS)[number];

/** Writes one line to the log group of the function. Never pass it a part of a record. */
export type Log = (level: Level, message: string, fields?: Record<string, unknown> & Own) => void;

/** What the log itself says: no field may stand in its place. */
type Own = { level?: never; source?: never; message?: never; timestamp?: never };

/** Writes an object as one line of JSON. Resolves when the operating system has it, so that the end of the process loses nothing. */
export type WriteLine = (line: object) => Promise<void>;

export const writeLine: WriteLine = (line) => write(`${JSON.stringify(line)}\n`);

/** Resolves when the operating system has all that was written. */
export const flushed = () => write('');

function write(text: string): Promise<void> {
  // A log that nobody reads any longer must not end in an unexpected error, which would be logged again.
  if (process.stdout.listenerCount('error') === 0) process.stdout.on('error', () => {});
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });
}

/**
 * The log, without the lines below a level. WARN: nothing was lost. ERROR: something was, or will be unless somebody acts.
 *
 * Each line has its time: where Lambda filters a log in the format JSON by level, it takes a line without one for INFO.
 */
export function createLog(least: Level, write: WriteLine = writeLine): Log {
  return (level, message, fields) => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return;
    const timestamp = new Date().toISOString();
    void write({ level, source: 'inference-capture', message, timestamp, ...fields });
  };
}

/**
 * Where an unexpected error comes from: its name, its code and the frames of its stack, without its message. A message may quote a record, as
 * that of `JSON.parse` does.
 */
export function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return `Expected an Error, got ${error === null ? 'null' : typeof error}`;
  const { name, message, stack, code } = error as NodeJS.ErrnoException;
  const named = [name, code].filter((part) => /^\w+$/.test(part ?? '')).join(' ');
  const head = message || name;
  const frames = stack?.slice(stack.indexOf(head) + head.length) ?? '';
  return frames.startsWith('\n    at ') ? named + frames : named;
}
