/** `make policy-check`: says whether the document of a policy is right, and what the policy would do to records. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Policy } from '../policy.ts';
import { checkPolicy } from './check.ts';
import { type CommandLine, HELP, parseCommandLine } from './command-line.ts';
import { faultLine, notes, shownLines, totalsLines } from './report.ts';
import { summaryOf } from './summary.ts';
import { createTrial, type Trial } from './trial.ts';

const print = (...lines: string[]) => process.stdout.write(lines.map((line) => `${line}\n`).join(''));
const note = (line: string) => process.stderr.write(`${line}\n`);
process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  let args: CommandLine;
  try {
    args = parseCommandLine(argv);
  } catch (error) {
    note(`policy-check: ${(error as Error).message}\nSee: node policy/check/index.ts --help`);
    return 2;
  }
  if (args.help) {
    print(HELP);
    return 0;
  }
  try {
    return await check(args);
  } catch (error) {
    const { code, path, message } = error as NodeJS.ErrnoException;
    if (code === undefined || path === undefined) throw error;
    note(`policy-check: ${path} cannot be read: ${message}`);
    return 2;
  }
}

async function check({ file, records, show, json }: CommandLine): Promise<number> {
  let nowMs = 0;
  const checked = await checkPolicy(await readFile(file, 'utf8'), process.env, () => nowMs);
  if (!checked.right) {
    if (json) print(JSON.stringify({ right: false, faults: checked.faults }));
    else print(...checked.faults.map(({ message, position }) => faultLine(file, message, position)));
    return 1;
  }
  const { id, document, policy, keyNote } = checked;
  const summary = summaryOf(document);
  if (!json) print(`${file} is right. Records will have its id, ${id}.`, '', ...summary);
  const trial = records === undefined ? undefined : await tryOn(policy, records, show, (ms) => (nowMs = ms));
  if (trial === undefined) {
    if (json) print(JSON.stringify({ right: true, id, summary }));
    return 0;
  }
  const totals = trial.totals();
  const remarks = [...(keyNote === undefined ? [] : [keyNote]), ...notes(totals)];
  if (json) print(JSON.stringify({ right: true, id, summary, totals, remarks, shown: trial.shown }));
  else {
    for (const each of trial.shown) print('', ...shownLines(each));
    print('', ...totalsLines(totals), ...(remarks.length > 0 ? ['', ...remarks] : []));
  }
  return totals.unreadable > 0 || totals.failed > 0 ? 1 : 0;
}

async function tryOn(policy: Policy, file: string, show: number, tick: (ms: number) => void): Promise<Trial> {
  const trial = createTrial(policy, show, tick);
  const input = createReadStream(file);
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) trial.take(line);
  return trial;
}
