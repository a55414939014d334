export type Level = 'INFO' | 'WARN' | 'ERROR';

/** Writes one line to the log of the function's group. Never pass it what a record holds. */
export type Log = (level: Level, message: string, fields?: Record<string, unknown>) => void;

/** Writes an object as one line of JSON. Resolves when the operating system has it, so that the end of the process loses nothing. */
export type WriteLine = (line: object) => Promise<void>;

export const writeLine: WriteLine = (line) => write(`${JSON.stringify(line)}\n`);

/** Resolves when all that was written is the operating system's. */
export const flushed = () => write('');

function write(text: string): Promise<void> {
  // A log that nobody reads any longer must not be an unexpected error, which would be logged in turn.
  if (process.stdout.listenerCount('error') === 0) process.stdout.on('error', () => {});
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });
}

/** WARN: nothing was lost. ERROR: something was, or will be unless somebody acts. */
export const log: Log = (level, message, fields) => {
  void writeLine({ level, source: 'inference-capture', message, ...fields });
};
