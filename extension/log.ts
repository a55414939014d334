export type Level = 'INFO' | 'WARN' | 'ERROR';

/** Writes one line to the log of the function's group. Never pass it what a record holds. */
export type Log = (level: Level, message: string, fields?: Record<string, unknown>) => void;

/** Writes an object as one line of JSON. */
export type WriteLine = (line: object) => void;

// A pipe to Lambda, as a file, is written before write() returns: nothing is lost when the process ends.
export const writeLine: WriteLine = (line) => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

/** WARN: nothing was lost. ERROR: something was, or will be unless somebody acts. */
export const log: Log = (level, message, fields) => {
  writeLine({ level, source: 'inference-capture', message, ...fields });
};
