import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildMutant, type Mutant } from './mutants.ts';
import { planOf } from './plan.ts';
import { buildPrograms } from './programs.ts';
import { run } from './run.ts';

/** Seeds that a planted fault may survive; the campaign of `make test` has as many. */
const MOST_SEEDS = 30;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chaos-mutant-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const MUTANTS: Mutant[] = [
  {
    name: 'acknowledges before it has written',
    file: 'extension/spool/segment.ts',
    text: 'fs.writeSync(this.#fd, line,',
    by: '((fd, bytes, ...rest) => (setTimeout(() => fs.writeSync(fd, bytes, ...rest), 5), bytes.length))(this.#fd, line,',
    found: 'lost|misplaced', // a write that comes late may even find another segment under its descriptor
  },
  {
    name: 'removes a segment before S3 has confirmed it',
    file: 'extension/delivery/delivery.ts',
    text: '    await sink.put(',
    by: '    spool.remove(segment);\n    await sink.put(',
    found: 'lost',
  },
  {
    name: 'names the object anew with each attempt',
    file: 'extension/delivery/delivery.ts',
    text: 'sink.put(segment.key',
    by: "sink.put(segment.key.replace(/-[^-]*$/, '-' + Math.random() + '.jsonl')",
    found: 'twice',
  },
  {
    name: 'counts what it delivers twice',
    file: 'extension/delivery/delivery.ts',
    text: 'counters.delivered += segment.records;',
    by: 'counters.delivered += 2 * segment.records;',
    found: 'miscounted',
  },
  {
    name: 'does not see that its open segment is gone',
    file: 'extension/spool/spool.ts',
    text: 'if (open === undefined || (open.isIntact() && (!byName || open.hasItsName()))) return;',
    by: 'return;',
    found: 'lost|miscounted|left|broken off',
    firstSeed: 18,
  },
  {
    name: 'counts a bad line as often as it comes',
    file: 'extension/intake/intake.ts',
    text: "counters.refuse(unreadable.get(digest) ? 'DUPLICATE' : code)",
    by: 'counters.refuse(code)',
    found: 'miscounted|overstated',
  },
  {
    name: 'does not tell what the function lost',
    file: 'extension/intake/intake.ts',
    text: 'newLosses(eventId, record.lostBefore, known)',
    by: 'newLosses(eventId, undefined, known)',
    found: 'untold',
  },
  {
    name: 'takes over what NODE_OPTIONS wants of the function',
    file: 'extension/launcher.sh',
    text: 'unset NODE_OPTIONS',
    by: 'unset',
    found: 'not started',
  },
];

/** What the first run that breaks a promise says; empty where none of so many does. */
async function brokenBy(mutant: Mutant, seeds: number): Promise<string[]> {
  await mkdir(path.join(folder, 'copy'));
  const extension = await buildMutant(mutant, path.join(folder, 'copy'));
  const programs = await buildPrograms(path.join(folder, 'programs'), extension);
  const { firstSeed = 1 } = mutant;
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    const { broken, folder: kept } = await run(planOf(seed), programs);
    if (kept) await rm(kept, { recursive: true, force: true });
    if (broken.length > 0) return broken;
  }
  return [];
}

const withProcesses = test.skipIf(!existsSync('/proc/self/environ'));

withProcesses.each(MUTANTS)('an extension that $name is found out', { timeout: 120_000 }, async (mutant) => {
  expect(await brokenBy(mutant, MOST_SEEDS)).toContainEqual(expect.stringMatching(`^(${mutant.found})`));
});

withProcesses('a copy of the extension without a fault is not', { timeout: 60_000 }, async () => {
  const text = 'counters.delivered += segment.records;';
  expect(
    await brokenBy({ name: 'none', file: 'extension/delivery/delivery.ts', text, by: text, found: '' }, 3),
  ).toEqual([]);
});
