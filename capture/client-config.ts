import * as v from 'valibot';
import type { CaptureClientOptions } from './client.ts';
import { ToldHeaders } from './told-headers.ts';
import { CapturePort, parseVariables, refuseContradiction, Safeguards, wholeNumber } from './variables.ts';

const ClientVariables = v.object({
  CAPTURE_PORT: CapturePort,
  CAPTURE_TIMEOUT_MS: v.optional(wholeNumber(1, 60_000), '250'),
  CAPTURE_HEADERS: v.optional(ToldHeaders, ''),
});

/** The variables that a function reads for its client. docs/configuration.md describes each. */
export const ClientEnvironment = v.object({ ...ClientVariables.entries, ...Safeguards.entries });

export interface ClientConfig {
  /** Undefined: nothing is captured. */
  client: Required<Pick<CaptureClientOptions, 'port' | 'timeoutMs'>> | undefined;
  /** The headers of a request that its record tells the policy of, by lower-case name. */
  headers: readonly string[];
  /** What is wrong with the variables. Nothing is captured then, but the function answers. */
  fault?: string;
}

/**
 * How a function captures, by its environment.
 *
 * @throws Error that names every wrong variable, with what was expected and what came; only with CAPTURE_FAIL_CLOSED
 */
export function clientConfig(env: NodeJS.ProcessEnv): ClientConfig {
  const { CAPTURE_DISABLED, CAPTURE_FAIL_CLOSED } = parseVariables(Safeguards, env);
  try {
    refuseContradiction(env);
    if (CAPTURE_DISABLED) return { client: undefined, headers: [] };
    const { CAPTURE_PORT, CAPTURE_TIMEOUT_MS, CAPTURE_HEADERS } = parseVariables(ClientVariables, env);
    return { client: { port: CAPTURE_PORT, timeoutMs: CAPTURE_TIMEOUT_MS }, headers: CAPTURE_HEADERS };
  } catch (error) {
    if (CAPTURE_FAIL_CLOSED) throw error;
    return { client: undefined, headers: [], fault: (error as Error).message };
  }
}
