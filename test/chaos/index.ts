/** `make chaos RUNS=1000 SEED=n`: runs the campaign of docs/chaos.md and prints its result. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { campaign } from './campaign.ts';
import { planOf } from './plan.ts';
import { buildPrograms } from './programs.ts';
import type { RunResult } from './run.ts';

/** In a campaign of so many runs or more, every kind of fault must strike. */
const ENOUGH_RUNS = 200;

const runs = wholeNumber('RUNS', 100, 1);
const seed = wholeNumber('SEED', 1, 0);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const folder = mkdtempSync(path.join(tmpdir(), 'chaos-programs-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const extension = process.env['EXTENSION'] || 'dist/extension/extensions/inference-capture';
const programs = await buildPrograms(folder, path.resolve(extension));
if (runs === 1) console.log(JSON.stringify(planOf(seed), null, 2));
const result = await campaign({ runs, seed }, programs, progress());
console.log(`\n${'fault'.padEnd(40)} struck`);
for (const [kind, count] of result.faultCounts.counts) console.log(`${kind.padEnd(40)} ${String(count).padStart(6)}`);
const { acknowledged, accounts, withPolicy, failures, ms } = result;
console.log(
  `\n${runs} runs from seed ${seed}, ${withPolicy} of them with a policy, in ${(ms / 1000).toFixed(0)} s: ${acknowledged} records acknowledged, ` +
    `the counts of ${accounts} processes checked, ${failures.length} runs broke a promise`,
);
const missing = runs >= ENOUGH_RUNS ? result.faultCounts.missing() : [];
if (missing.length > 0)
  console.log(`These faults never struck, so the campaign says nothing about them: ${missing.join(', ')}`);
if (failures.length > 0) {
  console.log(
    `Failing seeds: ${failures.map((failure) => failure.seed).join(' ')}. One alone: make chaos RUNS=1 SEED=n`,
  );
}
process.exit(failures.length > 0 || missing.length > 0 ? 1 : 0);

function progress(): (result: RunResult, done: number) => void {
  const startMs = performance.now();
  let reportedMs = startMs;
  return (one, done) => {
    if (runs === 1) console.log(one.story.join('\n'));
    if (one.broken.length > 0) report(one);
    const nowMs = performance.now();
    if (nowMs - reportedMs < 5000) return;
    reportedMs = nowMs;
    const leftSeconds = (((nowMs - startMs) / done) * (runs - done)) / 1000;
    console.log(`${done} of ${runs} runs, about ${Math.ceil(leftSeconds)} s left`);
  };
}

function report({ seed: failed, broken, folder: kept }: RunResult): void {
  console.log(`\nseed ${failed}:`);
  for (const what of broken) console.log(`  ${what}`);
  console.log(`  the files and the story of the run are in ${kept}`);
}

function wholeNumber(name: string, standard: number, least: number): number {
  const text = process.env[name] || String(standard);
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
  console.error(`Expected ${name} to be a whole number from ${least} to 999999999, got "${text}"`);
  process.exit(2);
}
