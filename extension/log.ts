export type Level = 'INFO' | 'WARN' | 'ERROR';

/** Writes one line to the log of the function's group. Never pass it what a record holds. */
export type Log = (level: Level, message: string, fields?: Record<string, unknown>) => void;

/** WARN: nothing was lost. ERROR: something was, or will be unless somebody acts. */
export const log: Log = (level, message, fields) => {
  process.stdout.write(`${JSON.stringify({ level, source: 'inference-capture', message, ...fields })}\n`);
};
