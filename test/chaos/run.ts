import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildS3 } from '../../emulator/s3/s3.ts';
import { Actor, type Scene } from './actor.ts';
import type { Plan } from './plan.ts';
import type { Programs } from './programs.ts';
import { recordsBelow, tornFilesBelow } from './spool-files.ts';
import { BUCKET } from './stage.ts';
import { Strikes } from './strikes.ts';
import { verdict } from './verdict.ts';

export interface RunResult {
  seed: number;
  /** Every promise that was broken, in words. */
  broken: string[];
  strikes: Strikes;
  /** Records that the extension acknowledged. */
  acknowledged: number;
  /** Processes of the extension whose own counts could be checked. */
  accounts: number;
  /** What happened, in order, with milliseconds since the start. */
  story: string[];
  /** What it left on disk; only where a promise was broken. */
  folder?: string;
  ms: number;
}

/** Lets a plan happen, with real processes, and says what came of it. */
export async function run(plan: Plan, programs: Programs): Promise<RunResult> {
  const startMs = performance.now();
  const story: string[] = [];
  const note = (text: string) => story.push(`${(performance.now() - startMs).toFixed(1).padStart(8)} ${text}`);
  const folder = await mkdtemp(path.join(tmpdir(), `chaos-${plan.seed}-`));
  // Whoever ends the campaign wants no part of a run that was not played to its end.
  const interrupted = () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }); // its processes may be dying still
  process.once('exit', interrupted);
  const s3 = buildS3({ folder: path.join(folder, 's3'), buckets: [BUCKET], log: note });
  const s3Url = await s3.listen({ host: '127.0.0.1', port: 0 });
  const scene: Scene = { programs, folder, s3Url, strikes: new Strikes(), note, working: new Set() };
  const actors: Actor[] = [];
  let broken: string[] = [];
  let acknowledged = 0;
  let told = 0;
  try {
    for (const [at, one] of plan.environments.entries()) {
      actors.push(await Actor.enter(one, 'AB'[at]!, scene, plan.sharedTmp ? actors[0] : undefined));
    }
    if (plan.sharedTmp) scene.strikes.struck('two extensions on one spool');
    const objects = () => recordsBelow(path.join(folder, 's3', BUCKET));
    const spools = () => actors.flatMap(({ stage }) => stage.spooled());

    await Promise.all(actors.map((actor) => actor.play()));
    const [delivered, spooled] = [objects(), spools()];
    await Promise.all(actors.map((actor) => actor.recover()));
    const ledger = actors.flatMap(({ stage }) => stage.ledger());
    const accounts = actors.flatMap(({ stage }) => stage.accounts());
    const atLast = {
      deliveredAtLast: objects(),
      spooledAtLast: spools(),
      tornAtLast: tornFilesBelow(path.join(folder, 's3', BUCKET)),
    };
    const logged = actors.flatMap(({ stage }) => stage.logged());
    const unstarted = actors.filter(({ startedAtFirst }) => !startedAtFirst).length;
    broken = verdict({ ledger, delivered, spooled, logged, ...atLast, accounts, unstarted });
    acknowledged = ledger.filter(({ outcome }) => outcome === 'accepted').length;
    told = accounts.filter(({ stats }) => stats !== undefined).length;
  } catch (error) {
    broken = [`broken off: ${(error as Error).stack}`];
  } finally {
    for (const actor of actors) await actor.leave();
    await s3.close();
    process.off('exit', interrupted);
    if (broken.length === 0) await rm(folder, { recursive: true, force: true });
    else await writeFile(path.join(folder, 'story.txt'), [...story, ...broken, ''].join('\n'));
  }
  return {
    seed: plan.seed,
    broken,
    strikes: scene.strikes,
    acknowledged,
    accounts: told,
    story,
    ...(broken.length > 0 && { folder }),
    ms: performance.now() - startMs,
  };
}
