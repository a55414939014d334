import { FaultCounts } from './fault-counts.ts';
import { planOf } from './plan.ts';
import type { Programs } from './programs.ts';
import { type RunResult, run } from './run.ts';

export interface CampaignResult {
  runs: number;
  /** Runs whose extensions had a policy. */
  withPolicy: number;
  /** Records that the extension acknowledged. */
  acknowledged: number;
  /** Processes of the extension whose own counts were checked. */
  accounts: number;
  /** The runs that broke a promise. */
  failures: RunResult[];
  faultCounts: FaultCounts;
  ms: number;
}

/** Runs at the same time. Much of a run is waiting, so three keep two cores busy. */
const AT_ONCE = 3;

/**
 * Runs the plans of `runs` seeds, the first of which is `seed`.
 *
 * @param onRun called after each run, in no particular order
 */
export async function campaign(
  { runs, seed }: { runs: number; seed: number },
  programs: Programs,
  onRun: (result: RunResult, done: number) => void = () => {},
): Promise<CampaignResult> {
  const startMs = performance.now();
  const total: CampaignResult = {
    runs,
    withPolicy: 0,
    acknowledged: 0,
    accounts: 0,
    failures: [],
    faultCounts: new FaultCounts(),
    ms: 0,
  };
  let started = 0;
  let done = 0;
  async function worker(): Promise<void> {
    while (started < runs) {
      const plan = planOf(seed + started++);
      const result = await run(plan, programs);
      if (plan.policy !== undefined) total.withPolicy += 1;
      total.acknowledged += result.acknowledged;
      total.accounts += result.accounts;
      total.faultCounts.add(result.faultCounts);
      if (result.broken.length > 0) total.failures.push(result);
      done += 1;
      onRun(result, done);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { ...total, ms: performance.now() - startMs };
}
