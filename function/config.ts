import { availableParallelism } from 'node:os';
import * as v from 'valibot';
import { CapturePort, parseVariables, wholeNumber } from '../capture/variables.ts';
import type { WeightForm } from './qa/processor.ts';

/** Memory that brings one whole vCPU on Lambda, in MB. */
const MB_PER_VCPU = 1769;

/** What may still come after the last look at the deadline: one run of the model, which cannot be stopped, and the response. */
const LAST_RUN_MS = 500;

/** The function's environment, each variable as docs/configuration.md has it. */
export const Environment = v.object({
  MODEL_DIR: v.optional(v.pipe(v.string(), v.nonEmpty('the path of a folder, got ""'))),
  MODEL_WEIGHTS: v.optional(
    v.picklist(['auto', 'signed', 'unsigned'], (issue) => `"auto", "signed" or "unsigned", got "${issue.input}"`),
    'auto',
  ),
  CAPTURE_PORT: CapturePort,
  CAPTURE_TIMEOUT_MS: v.optional(wholeNumber(1, 60_000), '250'),
  CAPTURE_DISABLED: v.optional(
    v.picklist(['true', 'false'], (issue) => `"true" or "false", got "${issue.input}"`),
    'false',
  ),
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: v.optional(wholeNumber(1, 1_000_000), String(MB_PER_VCPU)),
});

export interface FunctionConfig {
  modelDir: string;
  /** The form of the model's weights; `auto` is the one for the processor. */
  modelWeights: WeightForm | 'auto';
  /** Undefined: nothing is captured. */
  capture?: { port: number; timeoutMs: number };
  /** Threads of the model: one a vCPU. */
  threads: number;
  /** How long before the function's time-out the last run of the model may begin: time for it, capture and response. */
  deadlineMarginMs: number;
}

/**
 * The function's configuration from its environment.
 *
 * @param bundleDir the folder of the bundle, which holds the embedded model as `model/`
 * @throws Error naming the variable, what was expected and what came
 */
export function parseConfig(env: NodeJS.ProcessEnv, bundleDir: string): FunctionConfig {
  const variables = parseVariables(Environment, env);
  const vCpus = Math.round(variables.AWS_LAMBDA_FUNCTION_MEMORY_SIZE / MB_PER_VCPU);
  const capture =
    variables.CAPTURE_DISABLED === 'true'
      ? undefined
      : { port: variables.CAPTURE_PORT, timeoutMs: variables.CAPTURE_TIMEOUT_MS };
  return {
    modelDir: variables.MODEL_DIR ?? `${bundleDir}/model`,
    modelWeights: variables.MODEL_WEIGHTS,
    capture,
    threads: Math.min(Math.max(1, vCpus), availableParallelism()),
    deadlineMarginMs: LAST_RUN_MS + (capture?.timeoutMs ?? 0),
  };
}
