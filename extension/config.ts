import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import type { KeyScope } from '../capture/object-key.ts';
import { CapturePort, parseVariables, wholeNumber } from '../capture/variables.ts';

const Name = v.pipe(
  v.string(),
  v.regex(/^[\w.$-]+$/, (issue) => `letters, digits, ".", "_", "$" and "-", got "${issue.input}"`),
  v.check(
    (name) => name !== '.' && name !== '..',
    (issue) => `a name, got "${issue.input}"`,
  ),
);

/** The extension's environment, each variable as docs/configuration.md has it. */
export const Environment = v.object({
  CAPTURE_DESTINATION: v.pipe(
    v.string('s3://bucket/prefix or file:///folder, got nothing'),
    v.check(
      (text) => parseDestination(text) !== undefined,
      (issue) => `s3://bucket/prefix or file:///folder, got "${issue.input}"`,
    ),
  ),
  CAPTURE_PORT: CapturePort,
  CAPTURE_ENDPOINT_NAME: v.optional(Name),
  CAPTURE_VARIANT_NAME: v.optional(Name, 'AllTraffic'),
  CAPTURE_BATCH_RECORDS: v.optional(wholeNumber(1), '1000'),
  CAPTURE_BATCH_BYTES: v.optional(wholeNumber(1), '4194304'),
  CAPTURE_BATCH_AGE_MS: v.optional(wholeNumber(0), '60000'),
  CAPTURE_SPOOL_DIR: v.optional(
    v.pipe(
      v.string(),
      v.check(path.isAbsolute, (issue) => `an absolute path, got "${issue.input}"`),
    ),
    '/tmp/inference-capture',
  ),
  CAPTURE_SPOOL_BYTES: v.optional(wholeNumber(1), '134217728'),
  CAPTURE_FLUSH_BUDGET_MS: v.optional(wholeNumber(0, 900_000), '500'),
  AWS_ENDPOINT_URL_S3: v.optional(v.string()),
  AWS_LAMBDA_FUNCTION_NAME: v.pipe(v.string('the name that Lambda sets, got nothing'), v.nonEmpty()),
  AWS_LAMBDA_FUNCTION_VERSION: v.optional(v.string(), '$LATEST'),
});

/** Where objects go, without the prefix of their keys. */
export type Destination = { kind: 's3'; bucket: string; pathStyle: boolean } | { kind: 'file'; folder: string };

export interface ExtensionConfig {
  port: number;
  destination: Destination;
  scope: KeyScope;
  functionName: string;
  functionVersion: string;
  batch: { records: number; bytes: number; ageMs: number };
  spool: { dir: string; maxBytes: number };
  flushBudgetMs: number;
}

/**
 * The extension's configuration from its environment.
 *
 * @throws Error naming the first wrong variable, what was expected and what came
 */
export function parseConfig(env: NodeJS.ProcessEnv): ExtensionConfig {
  const variables = parseVariables(Environment, env);
  const { prefix, ...destination } = parseDestination(variables.CAPTURE_DESTINATION)!;
  return {
    port: variables.CAPTURE_PORT,
    destination:
      destination.kind === 's3' ? { ...destination, pathStyle: Boolean(variables.AWS_ENDPOINT_URL_S3) } : destination,
    scope: {
      prefix,
      endpoint: variables.CAPTURE_ENDPOINT_NAME ?? variables.AWS_LAMBDA_FUNCTION_NAME,
      variant: variables.CAPTURE_VARIANT_NAME,
    },
    functionName: variables.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: variables.AWS_LAMBDA_FUNCTION_VERSION,
    batch: {
      records: variables.CAPTURE_BATCH_RECORDS,
      bytes: variables.CAPTURE_BATCH_BYTES,
      ageMs: variables.CAPTURE_BATCH_AGE_MS,
    },
    spool: { dir: variables.CAPTURE_SPOOL_DIR, maxBytes: variables.CAPTURE_SPOOL_BYTES },
    flushBudgetMs: variables.CAPTURE_FLUSH_BUDGET_MS,
  };
}

type Parsed = { kind: 's3'; bucket: string; prefix: string } | { kind: 'file'; folder: string; prefix: '' };

function parseDestination(text: string): Parsed | undefined {
  if (text.startsWith('file:///')) return { kind: 'file', folder: fileURLToPath(text), prefix: '' };
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*?))?\/?$/.exec(text) ?? [];
  const parts = prefix === '' ? [] : prefix.split('/');
  if (bucket === undefined || parts.some((part) => part === '' || part === '.' || part === '..')) return undefined;
  return { kind: 's3', bucket, prefix };
}
