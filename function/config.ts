import { availableParallelism } from 'node:os';
import * as v from 'valibot';
import { ClientEnvironment, clientConfig } from '../capture/client-config.ts';
import { oneOf, parseVariables, wholeNumber } from '../capture/variables.ts';
import type { WeightForm } from './model/processor.ts';

/** Memory that brings one whole vCPU on Lambda, in MB. */
const MB_PER_VCPU = 1769;

/** Time that is kept for the response, and for a run of the model that takes longer than those before it: a run cannot be stopped. */
const RESERVE_MS = 500;

const ModelEnvironment = v.object({
  MODEL_DIR: v.optional(v.pipe(v.string(), v.nonEmpty('the path of a folder, got ""'))),
  MODEL_WEIGHTS: v.optional(oneOf('auto', 'signed', 'unsigned'), 'auto'),
  AWS_LAMBDA_FUNCTION_NAME: v.optional(v.string(), 'unknown'),
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: v.optional(wholeNumber(1, 1_000_000), String(MB_PER_VCPU)),
});

/** The function's environment variables. docs/configuration.md describes each. */
export const Environment = v.object({
  ...ModelEnvironment.entries,
  ...ClientEnvironment.entries,
});

export interface FunctionConfig {
  modelDir: string;
  /** The value of the metrics' dimension. */
  functionName: string;
  /** The form of the model's weights. `auto`: the form for the processor. */
  modelWeights: WeightForm | 'auto';
  /** Undefined: nothing is captured. */
  capture: { port: number; timeoutMs: number } | undefined;
  /** The headers of a request that its record tells the policy of, by lower-case name. */
  headers: readonly string[];
  /** What is wrong with the capture's variables. Nothing is captured then, but the function answers. */
  captureFault?: string;
  /** Threads of the model: one for each vCPU. */
  threads: number;
  /** How long before the function's time-out an answer must be ready, in milliseconds: time for capture and response. */
  deadlineMarginMs: number;
}

/**
 * The function's configuration from its environment.
 *
 * @param bundleDir the folder of the bundle, which holds the embedded model as `model/`
 * @throws Error that names every wrong variable, with what was expected and what came. Wrong variables of the capture throw only with CAPTURE_FAIL_CLOSED
 */
export function parseConfig(env: NodeJS.ProcessEnv, bundleDir: string): FunctionConfig {
  const variables = parseVariables(ModelEnvironment, env);
  const vCpus = Math.round(variables.AWS_LAMBDA_FUNCTION_MEMORY_SIZE / MB_PER_VCPU);
  const { client: capture, headers, fault: captureFault } = clientConfig(env);
  return {
    modelDir: variables.MODEL_DIR ?? `${bundleDir}/model`,
    functionName: variables.AWS_LAMBDA_FUNCTION_NAME,
    modelWeights: variables.MODEL_WEIGHTS,
    capture,
    headers,
    ...(captureFault !== undefined && { captureFault }),
    threads: Math.min(Math.max(1, vCpus), availableParallelism()),
    deadlineMarginMs: RESERVE_MS + (capture?.timeoutMs ?? 0),
  };
}
