import * as v from 'valibot';
import { DEFAULT_PORT } from './wire.ts';

/** Every variable of this project, of the function and of the extension. A name that looks like one of them and is none may be misspelt. */
export const CAPTURE_VARIABLES = [
  'CAPTURE_BATCH_AGE_MS',
  'CAPTURE_BATCH_BYTES',
  'CAPTURE_BATCH_RECORDS',
  'CAPTURE_DESTINATION',
  'CAPTURE_DISABLED',
  'CAPTURE_ENDPOINT_NAME',
  'CAPTURE_FAIL_CLOSED',
  'CAPTURE_FLUSH_BUDGET_MS',
  'CAPTURE_FLUSH_STRATEGY',
  'CAPTURE_HEADERS',
  'CAPTURE_LABELS_PREFIX',
  'CAPTURE_LAST_RESORT',
  'CAPTURE_LOG_LEVEL',
  'CAPTURE_POLICY',
  'CAPTURE_POLICY_FILE',
  'CAPTURE_POLICY_KEY',
  'CAPTURE_POLICY_ON_ERROR',
  'CAPTURE_POLICY_REFRESH_MS',
  'CAPTURE_POLICY_S3',
  'CAPTURE_PORT',
  'CAPTURE_S3_EXPECTED_BUCKET_OWNER',
  'CAPTURE_S3_KMS_KEY_ID',
  'CAPTURE_S3_STORAGE_CLASS',
  'CAPTURE_SPOOL_BYTES',
  'CAPTURE_SPOOL_DIR',
  'CAPTURE_TIMEOUT_MS',
  'CAPTURE_VARIANT_NAME',
] as const;

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

/** The schema of a variable that is one of a few words, in any case. */
export function oneOf<const W extends readonly string[]>(...words: W) {
  const expected = words.length === 2 ? `"${words[0]}" or "${words[1]}"` : `one of ${words.join(', ')}`;
  return v.pipe(
    v.string(),
    v.transform((text) => words.find((word) => word.toLowerCase() === text.toLowerCase()) ?? text),
    v.picklist(words, (issue) => `${expected}, got "${issue.input}"`),
  );
}

/** @returns what a switch says, in any case and with space around it; undefined where it says neither yes nor no. An empty text is a no. */
export function readSwitch(text = ''): boolean | undefined {
  const word = text.trim().toLowerCase();
  if (['1', 'true', 'yes', 'on'].includes(word)) return true;
  if (['', '0', 'false', 'no', 'off'].includes(word)) return false;
  return undefined;
}

/**
 * The schema of a variable that switches a safeguard on. A value that cannot be understood switches it on, because somebody wanted it. A typo
 * must not be the reason that records are kept which nobody may keep, or that a function answers without a record.
 */
export const Safeguard = v.optional(
  v.pipe(
    v.string(),
    v.transform((text) => readSwitch(text) ?? true),
  ),
  'false',
);

/** CAPTURE_PORT, which the function and the extension must read alike. */
export const CapturePort = v.optional(wholeNumber(1, 65_535), String(DEFAULT_PORT));

/** CAPTURE_DISABLED and CAPTURE_FAIL_CLOSED. They are read also where all other variables are wrong. */
export const Safeguards = v.object({ CAPTURE_DISABLED: Safeguard, CAPTURE_FAIL_CLOSED: Safeguard });

/**
 * Environment variables by a schema whose messages read on after "expected". White space around a value does not belong to it.
 *
 * @throws Error naming every wrong variable, what was expected and what came
 */
export function parseVariables<S extends v.ObjectSchema<v.ObjectEntries, undefined>>(
  schema: S,
  env: NodeJS.ProcessEnv,
): v.InferOutput<S> {
  // A variable that is not set is a key that is there, so that its own schema says what is missing.
  const values = Object.fromEntries(Object.keys(schema.entries).map((name) => [name, env[name]?.trim()]));
  const result = v.safeParse(schema, values, { abortPipeEarly: true });
  if (result.success) return result.output;
  throw new Error(result.issues.map((issue) => `${v.getDotPath(issue)}: expected ${issue.message}`).join('; '));
}

/** @throws Error where both safeguards are on: nothing may be captured, and nothing may be answered without being captured */
export function refuseContradiction(env: NodeJS.ProcessEnv): void {
  const { CAPTURE_DISABLED, CAPTURE_FAIL_CLOSED } = parseVariables(Safeguards, env);
  if (!CAPTURE_DISABLED || !CAPTURE_FAIL_CLOSED) return;
  throw new Error(
    `CAPTURE_DISABLED: expected no, because CAPTURE_FAIL_CLOSED is "${env['CAPTURE_FAIL_CLOSED']}", got "${env['CAPTURE_DISABLED']}"`,
  );
}
