import { availableParallelism } from 'node:os';
import * as v from 'valibot';
import {
  CapturePort,
  oneOf,
  parseVariables,
  refuseContradiction,
  Safeguards,
  wholeNumber,
} from '../capture/variables.ts';
import type { WeightForm } from './model/processor.ts';

/** Memory that brings one whole vCPU on Lambda, in MB. */
const MB_PER_VCPU = 1769;

/** What is kept back for the response, and for a run of the model that takes longer than those before it: it cannot be stopped. */
const RESERVE_MS = 500;

const ModelEnvironment = v.object({
  MODEL_DIR: v.optional(v.pipe(v.string(), v.nonEmpty('the path of a folder, got ""'))),
  MODEL_WEIGHTS: v.optional(oneOf('auto', 'signed', 'unsigned'), 'auto'),
  AWS_LAMBDA_FUNCTION_NAME: v.optional(v.string(), 'unknown'),
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: v.optional(wholeNumber(1, 1_000_000), String(MB_PER_VCPU)),
});

const CaptureEnvironment = v.object({
  CAPTURE_PORT: CapturePort,
  CAPTURE_TIMEOUT_MS: v.optional(wholeNumber(1, 60_000), '250'),
});

/** The function's environment, each variable as docs/configuration.md has it. */
export const Environment = v.object({
  ...ModelEnvironment.entries,
  ...CaptureEnvironment.entries,
  ...Safeguards.entries,
});

export interface FunctionConfig {
  modelDir: string;
  /** Of the dimension of the metrics. */
  functionName: string;
  /** The form of the model's weights; `auto` is the one for the processor. */
  modelWeights: WeightForm | 'auto';
  /** Undefined: nothing is captured. */
  capture: { port: number; timeoutMs: number } | undefined;
  /** Why nothing is captured, where that is not wanted: it must not take the function down. */
  captureFault?: string;
  /** Threads of the model: one a vCPU. */
  threads: number;
  /** How long before the function's time-out an answer must be there: time for capture and response. */
  deadlineMarginMs: number;
}

/**
 * The function's configuration from its environment.
 *
 * @param bundleDir the folder of the bundle, which holds the embedded model as `model/`
 * @throws Error naming every wrong variable, what was expected and what came; those of the capture only with CAPTURE_FAIL_CLOSED
 */
export function parseConfig(env: NodeJS.ProcessEnv, bundleDir: string): FunctionConfig {
  const variables = parseVariables(ModelEnvironment, env);
  const vCpus = Math.round(variables.AWS_LAMBDA_FUNCTION_MEMORY_SIZE / MB_PER_VCPU);
  const { capture, captureFault } = captureOf(env);
  return {
    modelDir: variables.MODEL_DIR ?? `${bundleDir}/model`,
    functionName: variables.AWS_LAMBDA_FUNCTION_NAME,
    modelWeights: variables.MODEL_WEIGHTS,
    capture,
    ...(captureFault !== undefined && { captureFault }),
    threads: Math.min(Math.max(1, vCpus), availableParallelism()),
    deadlineMarginMs: RESERVE_MS + (capture?.timeoutMs ?? 0),
  };
}

function captureOf(env: NodeJS.ProcessEnv): Pick<FunctionConfig, 'capture' | 'captureFault'> {
  const { CAPTURE_DISABLED, CAPTURE_FAIL_CLOSED } = parseVariables(Safeguards, env);
  try {
    refuseContradiction(env);
    if (CAPTURE_DISABLED) return { capture: undefined };
    const { CAPTURE_PORT, CAPTURE_TIMEOUT_MS } = parseVariables(CaptureEnvironment, env);
    return { capture: { port: CAPTURE_PORT, timeoutMs: CAPTURE_TIMEOUT_MS } };
  } catch (error) {
    if (CAPTURE_FAIL_CLOSED) throw error;
    return { capture: undefined, captureFault: (error as Error).message };
  }
}
