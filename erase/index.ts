import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { subjectOf } from '../policy/subject.ts';
import { createProgress } from '../terminal/progress.ts';
import { type CommandLine, HELP, parseCommandLine, type Source } from './command-line.ts';
import { type ErasureReport, erase } from './erase.ts';
import { folderStore } from './stores/folder.ts';
import type { Store } from './stores/store.ts';

const note = (line: string) => process.stderr.write(`${line}\n`);

class UsageError extends Error {}

async function main(argv: string[]): Promise<number> {
  const args = read(() => parseCommandLine(argv));
  if (args.help) {
    console.log(HELP);
    return 0;
  }
  const wanted = {
    subjects: new Set(await hashesOf(args)),
    eventIds: new Set<string>(),
    inferenceIds: new Set<string>(),
  };
  const stores = await Promise.all(args.sources.map(storeOf));
  const progress = createProgress({
    what: 'erase',
    amount: (done) => `${done} objects`,
    rate: (perSecond) => `${perSecond.toFixed(0)} objects/s`,
    stream: process.stderr,
  });
  const onProgress = ({ objectsRead }: ErasureReport) => progress.update(objectsRead);
  const report = await erase(stores, wanted, { ...args, wallNow: () => Date.now(), onProgress });
  progress.end();
  tell(report, args.dryRun);
  const json = JSON.stringify(
    {
      at: new Date().toISOString(),
      sources: args.sources.map(({ name }) => name),
      subjectHashes: [...wanted.subjects],
      dryRun: args.dryRun,
      ...report,
    },
    null,
    2,
  );
  console.log(json);
  if (args.report !== undefined) await writeFile(args.report, `${json}\n`);
  return report.complete || (args.dryRun && report.failures.length === 0) ? 0 : 1;
}

/** What a person needs to know beyond the figures. */
function tell(report: ErasureReport, dryRun: boolean): void {
  const { failures, oldVersionsIn, recordsWithoutSubject } = report;
  if (dryRun) note('Nothing was changed: --dry-run.');
  for (const { store, key, cause } of failures.slice(0, 10)) note(`Could not be erased: ${key} in ${store}: ${cause}`);
  if (failures.length > 0) note(`${failures.length} objects failed. Mend the cause and run the same command again.`);
  for (const name of oldVersionsIn)
    note(
      `${name} keeps old versions of objects, or does not say. They may have the erased records. Run again with --old-versions.`,
    );
  if (recordsWithoutSubject > 0)
    note(
      `${recordsWithoutSubject} records have no subject: the policy had no subjectKey, or found no value there. Nobody can find a person in them.`,
    );
}

async function hashesOf({ hashes, keyVariables }: CommandLine): Promise<string[]> {
  if (hashes.length > 0) return hashes;
  const keys = keyVariables.map((name) => {
    const key = process.env[name]?.trim(); // as the extension reads it
    if (!key) throw new UsageError(`--key-variable: expected the policy's key in ${name}, got nothing`);
    return Buffer.from(key);
  });
  const given = process.env['SUBJECT'] ?? '';
  const subject = given === '-' ? (await text(process.stdin)).replace(/\r?\n$/, '') : given;
  if (subject === '')
    throw new UsageError('SUBJECT: expected the value that the policy finds, or "-" for stdin, got nothing');
  return keys.map((key) => subjectOf(subject, key));
}

async function storeOf(source: Source): Promise<Store> {
  if (source.kind === 'folder') {
    const folder = read(() => fileURLToPath(source.url));
    if (!existsSync(folder))
      throw new UsageError(`--source: expected a folder, got ${source.name}, which is not there`);
    return folderStore(folder, source.name);
  }
  const { s3Store } = await import('./stores/s3.ts'); // the SDK takes its time
  return s3Store(source.bucket, source.prefix, source.name, Boolean(process.env['AWS_ENDPOINT_URL_S3']));
}

function read<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

process.exitCode = await main(process.argv.slice(2)).catch((error: Error) => {
  note(`erase: ${error.message}`);
  if (!(error instanceof UsageError)) return 1;
  note('See: node erase/index.ts --help');
  return 2;
});
