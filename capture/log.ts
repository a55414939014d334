export type Level = 'INFO' | 'WARN' | 'ERROR';

/** Writes one line of JSON to the function's log. Never pass it anything of a request or an answer: both may hold personal data. */
export type Log = (level: Level, message: string, fields?: Record<string, unknown>) => void;

/** WARN: nothing was lost. ERROR: something was. */
export const log: Log = (level, message, fields) => {
  process.stdout.write(`${JSON.stringify({ level, message, ...fields })}\n`);
};
