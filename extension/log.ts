export type Level = 'INFO' | 'WARN' | 'ERROR';

/** Writes one line to the log group of the function. Never pass it a part of a record. */
export type Log = (level: Level, message: string, fields?: Record<string, unknown>) => void;

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

/** WARN: nothing was lost. ERROR: something was, or will be unless somebody acts. */
export const log: Log = (level, message, fields) => {
  void writeLine({ level, source: 'inference-capture', message, ...fields });
};
