import { planOf } from './plan.ts';
import type { Programs } from './programs.ts';
import { type RunResult, run } from './run.ts';
import { Strikes } from './strikes.ts';

export interface CampaignResult {
  runs: number;
  acknowledged: number;
  accounts: number;
  /** The runs that broke a promise. */
  failures: RunResult[];
  strikes: Strikes;
  ms: number;
}

/** As many runs at once as keep two cores busy: much of a run is waiting. */
const AT_ONCE = 3;

/**
 * Runs the plans of `runs` seeds from `seed` on.
 *
 * @param onRun called after each, in no particular order
 */
export async function campaign(
  { runs, seed }: { runs: number; seed: number },
  programs: Programs,
  onRun: (result: RunResult, done: number) => void = () => {},
): Promise<CampaignResult> {
  const startMs = performance.now();
  const total: CampaignResult = { runs, acknowledged: 0, accounts: 0, failures: [], strikes: new Strikes(), ms: 0 };
  let started = 0;
  let done = 0;
  async function worker(): Promise<void> {
    while (started < runs) {
      const result = await run(planOf(seed + started++), programs);
      total.acknowledged += result.acknowledged;
      total.accounts += result.accounts;
      total.strikes.add(result.strikes);
      if (result.broken.length > 0) total.failures.push(result);
      done += 1;
      onRun(result, done);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { ...total, ms: performance.now() - startMs };
}
