import * as v from 'valibot';
import { DEFAULT_PORT } from './wire.ts';

/** The schema of a variable that holds a whole number, both bounds included. An empty text is not 0. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER) {
  const expected = (issue: { input: unknown }) => `a whole number from ${least} to ${most}, got "${issue.input}"`;
  return v.pipe(
    v.string(),
    v.regex(/^\d+$/, expected),
    v.transform(Number),
    v.minValue(least, expected),
    v.maxValue(most, expected),
  );
}

/** The schema of a variable that switches something on or off. */
export const Switch = v.pipe(
  v.picklist(['true', '1', 'false', '0'], (issue) => `"true" (or "1") or "false" (or "0"), got "${issue.input}"`),
  v.transform((text) => text === 'true' || text === '1'),
);

/** CAPTURE_PORT, which the function and the extension must read alike. */
export const CapturePort = v.optional(wholeNumber(1, 65_535), String(DEFAULT_PORT));

/**
 * Environment variables by a schema whose messages read on after "expected".
 *
 * @throws Error naming the first wrong variable, what was expected and what came
 */
export function parseVariables<S extends v.GenericSchema>(schema: S, env: NodeJS.ProcessEnv): v.InferOutput<S> {
  const result = v.safeParse(schema, env);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new Error(`${v.getDotPath(issue)}: expected ${issue.message}`);
}
