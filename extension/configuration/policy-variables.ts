import * as v from 'valibot';
import { misspeltVariables } from '../../capture/misspelt.ts';
import { oneOf, wholeNumber } from '../../capture/variables.ts';
import { AbsolutePath } from './absolute-path.ts';
import { type ProxyEnv, proxyOf } from './proxy.ts';

const OBJECT = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.*[^/])$/s;

/** The variables of the policy, as docs/configuration.md has them. */
export const PolicyVariables = v.object({
  CAPTURE_POLICY: v.optional(v.string()),
  CAPTURE_POLICY_FILE: v.optional(AbsolutePath),
  CAPTURE_POLICY_S3: v.optional(
    v.pipe(
      v.string(),
      v.regex(OBJECT, (issue) => `s3://bucket/key, got "${issue.input}"`),
    ),
  ),
  CAPTURE_POLICY_KEY: v.optional(v.string()),
  CAPTURE_POLICY_ON_ERROR: v.optional(oneOf('nothing', 'metadata'), 'nothing'),
  CAPTURE_POLICY_REFRESH_MS: v.optional(wholeNumber(0, 86_400_000), '300000'),
});

/** Where the document of the policy is. */
export type PolicyPlace =
  | { kind: 'inline'; text: string }
  | { kind: 'file'; file: string }
  | { kind: 's3'; bucket: string; key: string; pathStyle: boolean };

export interface PolicyConfig {
  place: PolicyPlace;
  /** What is stored of a record while there is no document that says so: nothing, or the record without what a caller wrote. */
  onError: 'nothing' | 'metadata';
  /** Milliseconds after which an object in S3 is looked at again; 0: never. */
  refreshMs: number;
  /** The proxies that S3 and Secrets Manager are reached through. */
  proxy: ProxyEnv | undefined;
}

const PLACES = ['CAPTURE_POLICY', 'CAPTURE_POLICY_FILE', 'CAPTURE_POLICY_S3'] as const;

/**
 * The policy that an environment names. Whoever sets a variable that may be one of these wanted a policy: without one nothing is captured.
 *
 * @returns undefined where no variable of a policy is set
 * @throws Error where more than one place is named, or none although somebody wanted a policy
 */
export function policyOf(
  env: NodeJS.ProcessEnv,
  variables: v.InferOutput<typeof PolicyVariables>,
): PolicyConfig | undefined {
  const [misspelt] = misspeltVariables(env).filter(({ variable, nearest = '' }) =>
    [variable, nearest].some((name) => /^CAPTURE_POLICY/i.test(name)),
  );
  if (misspelt !== undefined) {
    const names = Object.keys(PolicyVariables.entries).join(', ');
    throw new Error(
      `${misspelt.variable}: expected one of ${names}, got an unknown variable that may mean one of them`,
    );
  }
  const [named, another] = PLACES.filter((name) => variables[name] !== undefined);
  if (another !== undefined) throw new Error(`${another}: expected one policy, got one in ${named} too`);
  if (named === undefined) {
    const wanted = Object.keys(PolicyVariables.entries).find((name) => env[name] !== undefined);
    if (wanted !== undefined)
      throw new Error(`${wanted}: expected a policy in ${PLACES.join(', ')} beside it, got none`);
    return undefined;
  }
  return {
    place: placeOf(env, variables),
    onError: variables.CAPTURE_POLICY_ON_ERROR,
    refreshMs: variables.CAPTURE_POLICY_REFRESH_MS,
    proxy: proxyOf(env),
  };
}

function placeOf(env: NodeJS.ProcessEnv, variables: v.InferOutput<typeof PolicyVariables>): PolicyPlace {
  const { CAPTURE_POLICY_FILE: file, CAPTURE_POLICY_S3: object } = variables;
  if (file !== undefined) return { kind: 'file', file };
  if (object === undefined) return { kind: 'inline', text: env['CAPTURE_POLICY']! }; // untrimmed: YAML is indented
  const [, bucket, key] = OBJECT.exec(object)!;
  return { kind: 's3', bucket: bucket!, key: key!, pathStyle: Boolean(env['AWS_ENDPOINT_URL_S3']) };
}
