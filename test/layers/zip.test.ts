import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { extensionEntries, LAMBDA_LIMITS, nodeEntries, requireLimits } from '../../packaging/layer/entries.ts';
import { writeZip } from '../../packaging/layer/zip.ts';
import { runLayer } from './run-layer.ts';
import { unzip } from './unzip.ts';

let folder: string;
const file = (name: string) => path.join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'zip-'));
  return () => rmSync(folder, { recursive: true });
});

test('the same files make the same zip, at any time, in any order and in any time zone', async () => {
  writeFileSync(file('a'), 'one');
  const entries = [
    { name: 'b/text', source: { text: 'two' } },
    { name: 'a', source: { file: file('a') }, executable: true },
  ];
  const zoneBefore = process.env['TZ'];
  try {
    await writeZip(entries, file('one.zip'));
    utimesSync(file('a'), new Date(0), new Date(0));
    process.env['TZ'] = 'Pacific/Auckland';
    await writeZip(entries.toReversed(), file('two.zip'));
  } finally {
    process.env['TZ'] = zoneBefore;
    if (zoneBefore === undefined) delete process.env['TZ'];
  }
  expect(readFileSync(file('two.zip')).equals(readFileSync(file('one.zip')))).toBe(true);
  expect(await unzip(file('one.zip'), file('out'))).toEqual([
    { name: 'a', mode: 0o755 },
    { name: 'b/text', mode: 0o644 },
  ]);
  expect(readFileSync(file('out/a'), 'utf8')).toBe('one');
});

test('a layer of the built extension captures: Lambda finds its executable in extensions/, and that its bundle', async () => {
  await writeZip(await extensionEntries('dist/extension'), file('layer.zip'));
  const { status, records, exitCode } = await runLayer(file('layer.zip'), folder);
  expect([status, records.length, exitCode]).toEqual([200, 1, 0]);
});

test('files keep what may be executed, and Node lies where the launcher looks for it', async () => {
  mkdirSync(file('extension/extensions'), { recursive: true });
  writeFileSync(file('extension/extensions/inference-capture'), '#!/bin/sh');
  chmodSync(file('extension/extensions/inference-capture'), 0o755);
  const node = nodeEntries({ binary: file('node'), license: file('LICENSE') });
  const entries = [...(await extensionEntries(file('extension'))), ...node];
  expect(entries.map(({ name, executable }) => [name, executable ?? false])).toEqual([
    ['extensions/inference-capture', true],
    ['inference-capture/node', true],
    ['inference-capture/LICENSE-OF-NODE.txt', false],
  ]);
  expect(readFileSync('extension/launcher.sh', 'utf8')).toContain('"$ours/node"');
});

test("a layer beyond Lambda's limits is refused", () => {
  const { zipped, unzipped } = LAMBDA_LIMITS;
  requireLimits('layer', zipped, unzipped);
  expect(() => requireLimits('layer', zipped + 1, 1)).toThrow(/Expected layer to have at most \d+ bytes zipped/);
  expect(() => requireLimits('layer', 1, unzipped + 1)).toThrow(/unzipped/);
});
