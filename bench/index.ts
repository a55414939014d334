import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BenchArguments, type FigureName, parseArguments, USAGE } from './arguments.ts';
import { builtForBench } from './built.ts';
import { measureAfterResponse } from './figures/after-response.ts';
import { measureBareSession } from './figures/bare-session.ts';
import { measureCapture } from './figures/capture.ts';
import { measureColdStart } from './figures/cold-start.ts';
import { measureExtensionStart } from './figures/extension-start.ts';
import { measureIntake } from './figures/intake.ts';
import { measureManyQuestions } from './figures/many-questions.ts';
import { measureMemory } from './figures/memory.ts';
import { measureOutage } from './figures/outage.ts';
import { measurePeers } from './figures/peers.ts';
import { measurePolicy } from './figures/policy.ts';
import type { Measurement } from './measurement.ts';
import { type Machine, machineLine, type Report, table } from './report.ts';

const MEASUREMENTS: Record<FigureName, Measurement> = {
  P1: measurePeers,
  P2: measureBareSession,
  P3: measureCapture,
  P4: measureExtensionStart,
  P5: measureAfterResponse,
  P6: measureColdStart,
  P7: measureIntake,
  P8: measurePolicy,
  MANY: measureManyQuestions,
  RSS: measureMemory,
  OUTAGE: measureOutage,
};

/** Threads of the model in every process that is measured. */
const THREADS = 2;

const root = path.dirname(import.meta.dirname);
const note = (text: string) => process.stderr.write(`${text}\n`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  let args: BenchArguments;
  try {
    args = parseArguments(argv);
  } catch (error) {
    note(`bench: ${(error as Error).message}`);
    return 2;
  }
  if (args.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const kind = await processorKind();
  const report: Report = { date: new Date().toISOString(), machine: machine(kind), figures: [], failures: [] };
  for (const figure of args.only) {
    try {
      const { rounds, records } = args;
      const setting = { root, rounds, records, threads: THREADS, processor: kind, note };
      report.figures.push(...(await MEASUREMENTS[figure](setting)));
    } catch (error) {
      report.failures.push({ figure, error: (error as Error).message });
    }
  }
  if (report.figures.length > 0) {
    process.stdout.write(`${table(report.figures)}\n\n${machineLine(report.machine)}\n`);
  }
  for (const { figure, error } of report.failures) note(`bench: ${figure} could not be measured: ${error}`);
  await save(report);
  return report.failures.length === 0 ? 0 : 1;
}

/** Writes the report to the file of the processor's kind, and links latest.json to it. */
async function save(report: Report): Promise<void> {
  const folder = path.join(root, 'bench/results');
  const file = `${report.machine.kind}.json`;
  const latest = path.join(folder, 'latest.json');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, file), `${JSON.stringify(report, null, 2)}\n`);
  await rm(latest, { force: true });
  await symlink(file, latest);
}

/** The kind of this processor, as the function finds it. The function chooses the form of the model's weights by it. */
async function processorKind(): Promise<string> {
  const bundle = pathToFileURL(await builtForBench(root, 'processor')).href;
  const { thisProcessor } = (await import(bundle)) as { thisProcessor(): { kind: string } };
  return thisProcessor().kind;
}

function machine(kind: string): Machine {
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown CPU',
    kind,
    cores: os.availableParallelism(),
    loadBefore: os.loadavg()[0]!,
    node: process.versions.node,
    onnxruntime: version,
  };
}
