import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startEmulator } from '../emulator-process.ts';
import { type StoredRecord, storedRecords } from '../stored-records.ts';
import { unzip } from './unzip.ts';

export interface LayerRun {
  /** HTTP status of the answer of the function. */
  status: number;
  /** The records in S3 after the shutdown. */
  records: StoredRecord[];
  /** What the emulator printed, with the log of the extension. */
  output: string;
  exitCode: number | null;
}

/**
 * Runs the function with a layer on the emulator: unzips the layer, asks one question, and shuts down.
 *
 * @param zip the layer
 * @param folder an empty one, for whatever comes up
 * @param searchPath the PATH of function and extension. By default it begins with the folder of this Node
 */
export async function runLayer(zip: string, folder: string, searchPath?: string): Promise<LayerRun> {
  const opt = path.join(folder, 'opt');
  await unzip(zip, opt);
  const template = (await readFile('template.yaml', 'utf8'))
    .replace('ExtensionsUri: dist/extension/extensions', `ExtensionsUri: ${path.join(opt, 'extensions')}`)
    .replace('CodeUri: dist/function', `CodeUri: ${path.resolve('dist/function')}`)
    .replace('BodyFile: dist/sample.json', `BodyFile: ${path.resolve('dist/sample.json')}`);
  const file = path.join(folder, 'template.yaml');
  await writeFile(file, template);
  const flags = ['--template', file, ...(searchPath === undefined ? [] : ['--env', `PATH=${searchPath}`])];
  await using emulator = await startEmulator(flags, path.join(folder, 'local'));
  const { status } = await fetch(emulator.urls.rest, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: await readFile('dist/sample.json', 'utf8'),
  });
  const exitCode = await emulator.stop();
  return { status, records: await storedRecords(emulator.local), output: emulator.output(), exitCode };
}
