import { availableParallelism } from 'node:os';
import * as v from 'valibot';
import { DEFAULT_PORT } from '../capture/wire.ts';

/** Memory that brings one whole vCPU on Lambda, in MB. */
const MB_PER_VCPU = 1769;

const wholeNumber = (least: number, most: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d+$/, (issue) => `a whole number from ${least} to ${most}, got "${issue.input}"`),
    v.transform(Number),
    v.minValue(least, (issue) => `a whole number from ${least} to ${most}, got ${issue.input}`),
    v.maxValue(most, (issue) => `a whole number from ${least} to ${most}, got ${issue.input}`),
  );

/** The function's environment, each variable as docs/configuration.md has it. */
export const Environment = v.object({
  MODEL_DIR: v.optional(v.pipe(v.string(), v.nonEmpty('the path of a folder, got ""'))),
  CAPTURE_PORT: v.optional(wholeNumber(1, 65_535), String(DEFAULT_PORT)),
  CAPTURE_TIMEOUT_MS: v.optional(wholeNumber(1, 60_000), '250'),
  CAPTURE_DISABLED: v.optional(
    v.picklist(['true', 'false'], (issue) => `"true" or "false", got "${issue.input}"`),
    'false',
  ),
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: v.optional(wholeNumber(1, 1_000_000), String(MB_PER_VCPU)),
});

export interface FunctionConfig {
  modelDir: string;
  /** Undefined: nothing is captured. */
  capture?: { port: number; timeoutMs: number };
  /** Threads of the model: one a vCPU. */
  threads: number;
}

/**
 * The function's configuration from its environment.
 *
 * @param bundleDir the folder of the bundle, which holds the embedded model as `model/`
 * @throws Error naming the variable, what was expected and what came
 */
export function parseConfig(env: NodeJS.ProcessEnv, bundleDir: string): FunctionConfig {
  const result = v.safeParse(Environment, env);
  if (!result.success) {
    const [issue] = result.issues;
    throw new Error(`${v.getDotPath(issue)}: expected ${issue.message}`);
  }
  const variables = result.output;
  const vCpus = Math.round(variables.AWS_LAMBDA_FUNCTION_MEMORY_SIZE / MB_PER_VCPU);
  return {
    modelDir: variables.MODEL_DIR ?? `${bundleDir}/model`,
    capture:
      variables.CAPTURE_DISABLED === 'true'
        ? undefined
        : { port: variables.CAPTURE_PORT, timeoutMs: variables.CAPTURE_TIMEOUT_MS },
    threads: Math.min(Math.max(1, vCpus), availableParallelism()),
  };
}
