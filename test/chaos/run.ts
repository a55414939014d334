import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildS3 } from '../../emulator/s3/s3.ts';
import { FaultCounts } from './fault-counts.ts';
import { BUCKET } from './host.ts';
import type { Plan } from './plan.ts';
import { PlanRunner, type RunContext } from './plan-runner.ts';
import { CANARY, policyIdOf } from './policy-plan.ts';
import type { Programs } from './programs.ts';
import { filesWith, recordsBelow, tornFilesBelow } from './spool-files.ts';
import { verdict } from './verdict.ts';

export interface RunResult {
  seed: number;
  /** The promises that were broken, in words. */
  broken: string[];
  faultCounts: FaultCounts;
  /** Records that the extension acknowledged. */
  acknowledged: number;
  /** Processes of the extension whose own counts could be checked. */
  accounts: number;
  /** What happened, in order, with milliseconds since the start. */
  story: string[];
  /** The files of the run. Present only where a promise was broken; else they are removed. */
  folder?: string;
  ms: number;
}

/** Carries out a plan with real processes, and judges the result. */
export async function run(plan: Plan, programs: Programs): Promise<RunResult> {
  const startMs = performance.now();
  const story: string[] = [];
  const note = (text: string) => story.push(`${(performance.now() - startMs).toFixed(1).padStart(8)} ${text}`);
  const folder = await mkdtemp(path.join(tmpdir(), `chaos-${plan.seed}-`));
  // An interrupted campaign leaves no files of unfinished runs. Its processes may still be ending, hence the retries.
  const interrupted = () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  process.once('exit', interrupted);
  const s3 = buildS3({ folder: path.join(folder, 's3'), buckets: [BUCKET], log: note });
  const s3Url = await s3.listen({ host: '127.0.0.1', port: 0 });
  const context: RunContext = {
    programs,
    policy: plan.policy,
    folder,
    s3Url,
    faultCounts: new FaultCounts(),
    note,
    working: new Set(),
  };
  const runners: PlanRunner[] = [];
  let broken: string[] = [];
  let acknowledged = 0;
  let checkedAccounts = 0;
  try {
    for (const [at, one] of plan.environments.entries()) {
      runners.push(await PlanRunner.create(one, 'AB'[at]!, context, plan.sharedTmp ? runners[0] : undefined));
    }
    if (plan.sharedTmp) context.faultCounts.count('two extensions on one spool');
    const objects = () => recordsBelow(path.join(folder, 's3', BUCKET));
    const spools = () => runners.flatMap(({ host }) => host.spooled());

    await Promise.all(runners.map((runner) => runner.run()));
    const [delivered, spooled] = [objects(), spools()];
    await Promise.all(runners.map((runner) => runner.recover()));
    const ledger = runners.flatMap(({ host }) => host.ledger());
    const accounts = runners.flatMap(({ host }) => host.accounts());
    const afterRecovery = {
      deliveredAfterRecovery: objects(),
      spooledAfterRecovery: spools(),
      tornAfterRecovery: tornFilesBelow(path.join(folder, 's3', BUCKET)),
    };
    const logged = runners.flatMap(({ host }) => host.logged());
    const unstarted = runners.filter(({ startedAtFirst }) => !startedAtFirst).length;
    const stored = path.join(folder, 's3', BUCKET);
    const exposed = [...runners.flatMap(({ host }) => host.exposed()), ...filesWith(CANARY, stored)];
    const policy = plan.policy && { ...plan.policy, id: policyIdOf(plan.policy), exposed };
    broken = verdict({ ledger, delivered, spooled, logged, ...afterRecovery, accounts, unstarted, policy });
    for (const { stats } of accounts) {
      if (stats?.leftOut.NOT_SAMPLED)
        context.faultCounts.count('record left out by the policy', stats.leftOut.NOT_SAMPLED);
    }
    acknowledged = ledger.filter(({ outcome }) => outcome === 'accepted').length;
    checkedAccounts = accounts.filter(({ stats }) => stats !== undefined).length;
  } catch (error) {
    broken = [`broken off: ${(error as Error).stack}`];
  } finally {
    for (const runner of runners) await runner.close();
    await s3.close();
    process.off('exit', interrupted);
    if (broken.length === 0) await rm(folder, { recursive: true, force: true });
    else await writeFile(path.join(folder, 'story.txt'), [...story, ...broken, ''].join('\n'));
  }
  return {
    seed: plan.seed,
    broken,
    faultCounts: context.faultCounts,
    acknowledged,
    accounts: checkedAccounts,
    story,
    ...(broken.length > 0 && { folder }),
    ms: performance.now() - startMs,
  };
}
