import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { buildMutant } from './build-mutant.ts';
import { MUTANTS } from './mutants.ts';
import { planOf } from './plan.ts';
import { buildPrograms } from './programs.ts';
import { run } from './run.ts';

/** Seeds that a planted fault may survive; the campaign of `make test` has as many. */
const MOST_SEEDS = 30;

async function makeFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), 'chaos-mutant-'));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** What the first run that breaks a promise says; empty where none of so many does. */
async function brokenBy(standIn: string | undefined, { seeds, firstSeed = 1 }: { seeds: number; firstSeed?: number }) {
  await using own = await makeFolder(); // these tests run at the same time: they wait more than they work
  const { folder } = own;
  await mkdir(path.join(folder, 'extension'));
  const extension = await buildMutant(standIn, path.join(folder, 'extension'));
  const programs = await buildPrograms(path.join(folder, 'programs'), extension);
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    const { broken, folder: kept } = await run(planOf(seed), programs);
    if (kept) await rm(kept, { recursive: true, force: true });
    if (broken.length > 0) return broken;
  }
  return [];
}

const withProcesses = test.skipIf(!existsSync('/proc/self/environ'));

withProcesses.concurrent.each(MUTANTS)(
  'an extension that $name is found out',
  { timeout: 120_000 },
  async ({ standIn, found, firstSeed }) => {
    const broken = await brokenBy(standIn, { seeds: MOST_SEEDS, firstSeed });
    expect(broken).toContainEqual(expect.stringMatching(`^(${found})`));
  },
);

withProcesses('an extension that is built alike, without a fault, breaks no promise', { timeout: 60_000 }, async () => {
  expect(await brokenBy(undefined, { seeds: 3 })).toEqual([]);
});

const root = path.resolve('.');
test.each([
  [
    'lacks what others import of the original',
    `import '${root}/extension/intake/told-losses.ts';`,
    /newLosses.*will always be undefined/,
  ],
  ['has an original that is gone', `export * from '${root}/extension/gone.ts';`, /Could not resolve/],
  [
    'has an original that the extension does not import',
    `export * from '${root}/capture/client.ts';`,
    /no such import/,
  ],
  ['has no original', 'export const name = 1;', /got 0 modules/],
])('a stand-in that %s is refused', async (_, text, message) => {
  await using own = await makeFolder();
  const { folder } = own;
  const standIn = path.join(folder, 'stand-in.ts');
  await writeFile(standIn, text);
  await expect(buildMutant(standIn, folder)).rejects.toThrow(message);
});

test('every stand-in is the fault of a mutant', async () => {
  const standIns = await readdir(path.join(import.meta.dirname, 'mutants'));
  expect(standIns.sort()).toEqual(MUTANTS.map(({ standIn }) => standIn).sort());
});
