import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { campaign } from './campaign.ts';
import { buildPrograms, type Programs } from './programs.ts';

const RUNS = 30;
const SEED = 1;

let folder: string;
let programs: Programs;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chaos-programs-'));
  programs = await buildPrograms(folder, path.resolve('dist/extension/extensions/inference-capture'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

// The faults need /proc to find their processes.
test.skipIf(!existsSync('/proc/self/environ'))(
  `nothing is lost or stored twice, and every count is exact, in ${RUNS} runs full of faults`,
  { timeout: 180_000 },
  async () => {
    const { failures, acknowledged, accounts, faultCounts } = await campaign({ runs: RUNS, seed: SEED }, programs);
    expect(failures.map(({ seed, broken }) => ({ seed, broken }))).toEqual([]);
    expect(acknowledged).toBeGreaterThan(RUNS);
    expect(accounts).toBeGreaterThan(RUNS);
    // Timing decides which kinds of fault strike. Most of them do in every campaign.
    expect(faultCounts.missing().length).toBeLessThan(5);
  },
);
