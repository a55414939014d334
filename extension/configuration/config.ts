import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import type { KeyScope } from '../../capture/object-key.ts';
import {
  CapturePort,
  oneOf,
  parseVariables,
  refuseContradiction,
  Safeguards,
  wholeNumber,
} from '../../capture/variables.ts';
import { DEFAULT_PORT } from '../../capture/wire.ts';
import type { FlushStrategy } from '../lifecycle/flush-policy.ts';
import type { Level } from '../log.ts';
import type { Kind } from '../spool/kind.ts';
import { AbsolutePath } from './absolute-path.ts';
import { FlushStrategyVariable } from './flush-strategy.ts';
import { type PolicyConfig, PolicyVariables, policyOf } from './policy-variables.ts';
import { isPrefix, scopesOf } from './prefixes.ts';
import { type ProxyEnv, proxyOf } from './proxy.ts';

const Name = v.pipe(
  v.string(),
  v.regex(/^[\w.$-]+$/, (issue) => `letters, digits, ".", "_", "$" and "-", got "${issue.input}"`),
  v.check(
    (name) => name !== '.' && name !== '..',
    (issue) => `a name, got "${issue.input}"`,
  ),
);

/** The storage classes whose objects can be read at once. */
const StorageClass = oneOf('STANDARD', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR');

const LogLevel = oneOf('debug', 'info', 'warn', 'error');

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
  CAPTURE_LABELS_PREFIX: v.optional(
    v.pipe(
      v.string(),
      v.check(isPrefix, (issue) => `names with "/" between them, got "${issue.input}"`),
    ),
  ),
  CAPTURE_BATCH_RECORDS: v.optional(wholeNumber(1), '1000'),
  CAPTURE_BATCH_BYTES: v.optional(wholeNumber(1), '4194304'),
  CAPTURE_BATCH_AGE_MS: v.optional(wholeNumber(0), '60000'),
  CAPTURE_SPOOL_DIR: v.optional(AbsolutePath, '/tmp/inference-capture'),
  CAPTURE_SPOOL_BYTES: v.optional(wholeNumber(1), '134217728'),
  CAPTURE_FLUSH_BUDGET_MS: v.optional(wholeNumber(0, 900_000), '500'),
  CAPTURE_FLUSH_STRATEGY: v.optional(FlushStrategyVariable, 'adaptive'),
  CAPTURE_LAST_RESORT: v.optional(oneOf('log', 'none'), 'none'),
  CAPTURE_LOG_LEVEL: v.optional(LogLevel, 'info'),
  ...Safeguards.entries,
  ...PolicyVariables.entries,
  CAPTURE_S3_KMS_KEY_ID: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[\w:/-]+$/, (issue) => `the id, ARN or alias of a KMS key, got "${issue.input}"`),
    ),
  ),
  CAPTURE_S3_EXPECTED_BUCKET_OWNER: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{12}$/, (issue) => `the 12 digits of an AWS account, got "${issue.input}"`),
    ),
  ),
  CAPTURE_S3_STORAGE_CLASS: v.optional(StorageClass),
  AWS_ENDPOINT_URL_S3: v.optional(v.string()),
  AWS_LAMBDA_FUNCTION_NAME: v.pipe(
    v.string('the name that Lambda sets, got nothing'),
    v.nonEmpty('the name that Lambda sets, got ""'),
  ),
  AWS_LAMBDA_FUNCTION_VERSION: v.optional(v.string(), '$LATEST'),
});

/** Where objects go, without the prefix of their keys. */
export type Destination =
  | {
      kind: 's3';
      bucket: string;
      pathStyle: boolean;
      kmsKeyId: string | undefined;
      expectedBucketOwner: string | undefined;
      storageClass: v.InferOutput<typeof StorageClass> | undefined;
      /** The proxies that S3 is reached through. */
      proxy: ProxyEnv | undefined;
    }
  | { kind: 'file'; folder: string };

export interface ExtensionConfig {
  port: number;
  destination: Destination;
  /** Where the objects of each kind lie. */
  scopes: Readonly<Record<Kind, KeyScope>>;
  functionName: string;
  functionVersion: string;
  /** `ageMs` is infinite where the flush strategy decides alone when a batch is delivered. */
  batch: { records: number; bytes: number; ageMs: number };
  spool: { dir: string; maxBytes: number };
  flushBudgetMs: number;
  flushStrategy: FlushStrategy;
  /** What cannot be delivered at shutdown goes to the log. */
  lastResortLog: boolean;
  /** Without one, every record is stored whole. */
  policy: PolicyConfig | undefined;
}

/** The part of the configuration that is needed also where the rest of it is wrong. */
export interface Basics {
  /** Nothing is to be captured. */
  disabled: boolean;
  /** An extension that cannot capture must keep the function from starting. */
  failClosed: boolean;
  /** The port at which the receiver says that nothing is captured. */
  port: number;
  functionName: string;
}

/** Never throws. {@link parseConfig} says what is wrong. */
export function parseBasics(env: NodeJS.ProcessEnv): Basics {
  const { CAPTURE_DISABLED, CAPTURE_FAIL_CLOSED } = parseVariables(Safeguards, env);
  const port = v.safeParse(CapturePort, env['CAPTURE_PORT']?.trim());
  return {
    // With both on, the contradiction is a wrong configuration.
    disabled: CAPTURE_DISABLED && !CAPTURE_FAIL_CLOSED,
    failClosed: CAPTURE_FAIL_CLOSED,
    port: port.success ? port.output : DEFAULT_PORT,
    functionName: env['AWS_LAMBDA_FUNCTION_NAME'] || 'unknown',
  };
}

/** The least level of the log's lines. Where CAPTURE_LOG_LEVEL is wrong, it is the default, and {@link parseConfig} says what is wrong. */
export function logLevelOf(env: NodeJS.ProcessEnv): Level {
  const level = v.safeParse(LogLevel, env['CAPTURE_LOG_LEVEL']?.trim());
  return level.success ? (level.output.toUpperCase() as Level) : 'INFO';
}

/**
 * The extension's configuration from its environment.
 *
 * @throws Error naming every wrong variable, what was expected and what came
 */
export function parseConfig(env: NodeJS.ProcessEnv): ExtensionConfig {
  refuseContradiction(env);
  const variables = parseVariables(Environment, env);
  const { prefix, ...destination } = parseDestination(variables.CAPTURE_DESTINATION)!;
  const flushStrategy = variables.CAPTURE_FLUSH_STRATEGY;
  const endpoint = variables.CAPTURE_ENDPOINT_NAME ?? variables.AWS_LAMBDA_FUNCTION_NAME;
  return {
    port: variables.CAPTURE_PORT,
    destination:
      destination.kind === 's3'
        ? {
            ...destination,
            pathStyle: Boolean(variables.AWS_ENDPOINT_URL_S3),
            kmsKeyId: variables.CAPTURE_S3_KMS_KEY_ID,
            expectedBucketOwner: variables.CAPTURE_S3_EXPECTED_BUCKET_OWNER,
            storageClass: variables.CAPTURE_S3_STORAGE_CLASS,
            proxy: proxyOf(env),
          }
        : destination,
    scopes: scopesOf({ prefix, endpoint, variant: variables.CAPTURE_VARIANT_NAME }, variables.CAPTURE_LABELS_PREFIX),
    functionName: variables.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: variables.AWS_LAMBDA_FUNCTION_VERSION,
    batch: {
      records: variables.CAPTURE_BATCH_RECORDS,
      bytes: variables.CAPTURE_BATCH_BYTES,
      ageMs: flushStrategy.kind === 'adaptive' ? variables.CAPTURE_BATCH_AGE_MS : Number.POSITIVE_INFINITY,
    },
    spool: { dir: variables.CAPTURE_SPOOL_DIR, maxBytes: variables.CAPTURE_SPOOL_BYTES },
    flushBudgetMs: variables.CAPTURE_FLUSH_BUDGET_MS,
    flushStrategy,
    lastResortLog: variables.CAPTURE_LAST_RESORT === 'log',
    policy: policyOf(env, variables),
  };
}

type Parsed = { kind: 's3'; bucket: string; prefix: string } | { kind: 'file'; folder: string; prefix: '' };

function parseDestination(text: string): Parsed | undefined {
  if (text.startsWith('file:///')) {
    const folder = pathOf(text);
    return folder === undefined ? undefined : { kind: 'file', folder, prefix: '' };
  }
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*?))?\/?$/.exec(text) ?? [];
  if (bucket === undefined || (prefix !== '' && !isPrefix(prefix))) return undefined;
  return { kind: 's3', bucket, prefix };
}

function pathOf(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined; // a wrong escape, or an escaped slash
  }
}
