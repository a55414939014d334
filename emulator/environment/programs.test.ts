import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StartError } from '../start-error.ts';
import type { LocalSettings } from '../template/metadata.ts';
import { findPrograms } from './programs.ts';

const local: LocalSettings = {
  codeUri: 'code',
  extensionsUri: 'extensions',
  command: undefined,
  buildCommand: undefined,
  sample: {},
  ports: [],
  variables: {},
};
const template = { handler: 'index.handler', runtime: 'nodejs24.x', local };
const isRoot = process.getuid?.() === 0;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'programs-'));
  for (const name of ['code', 'extensions']) mkdirSync(path.join(folder, name));
  writeFileSync(path.join(folder, 'code/index.mjs'), '');
});
afterEach(() => {
  for (const name of ['code', 'extensions']) chmodSync(path.join(folder, name), 0o755);
  rmSync(folder, { recursive: true });
});

test("every file in the extensions' folder is one, hidden ones too, and no folder is", () => {
  for (const name of ['one', '.hidden']) writeFileSync(path.join(folder, 'extensions', name), '');
  mkdirSync(path.join(folder, 'extensions/folder'));
  expect(Object.keys(findPrograms(template, folder).extensions).sort()).toEqual(['.hidden', 'one']);
});

describe('the runtime', () => {
  const runtimeOf = (command?: [string, ...string[]], runtime = 'python3.13') =>
    findPrograms({ ...template, runtime, local: { ...local, command } }, folder).runtime.command;

  test('that the metadata name is relative to the template, or where it has no slash, to be looked up', () => {
    writeFileSync(path.join(folder, 'serve'), '');
    expect(runtimeOf(['./serve', './a'])).toEqual([path.join(folder, 'serve'), './a']);
    expect(runtimeOf(['serve', './a'])).toEqual(['serve', './a']);
  });

  test('that is not there is told', () => {
    const says = (file: string) => `is not there: expected ${path.join(folder, file)}. Build it`;
    expect(() => runtimeOf(['bin/serve'])).toThrow(`The program of Metadata.Emulator.Command ${says('bin/serve')}`);
    expect(() => runtimeOf(undefined, 'provided.al2023')).toThrow(`The function ${says('code/bootstrap')}`);
  });

  test('is served in the folder of the code, which must be there', () => {
    rmSync(path.join(folder, 'code'), { recursive: true });
    expect(() => runtimeOf(['serve'])).toThrow(`The function is not there: expected ${path.join(folder, 'code')}. `);
    mkdirSync(path.join(folder, 'code'));
  });
});

test("an extensions' folder that is a file is told", () => {
  const find = () => findPrograms({ ...template, local: { ...local, extensionsUri: 'code/index.mjs' } }, folder);
  expect(find).toThrow(StartError);
  expect(find).toThrow(/^The extensions cannot be read: ENOTDIR.*code\/index\.mjs.*Let ExtensionsUri/);
});

test.skipIf(isRoot).each([
  ['code', /^The function cannot be read: EACCES.*Let CodeUri/],
  ['extensions', /^The extensions cannot be read: EACCES.*Let ExtensionsUri/],
])('a folder without read permission is an error that names it: %s (not as root)', (name, message) => {
  chmodSync(path.join(folder, name), 0o000);
  const find = () => findPrograms(template, folder);
  expect(find).toThrow(StartError);
  expect(find).toThrow(message);
});

test.each([
  ['code', /^The function is not there: .*\/code\/index\.mjs\. /],
  ['extensions', /^The extensions are not there: .*\/extensions\. /],
])('what is not there is told, with the command that builds it: %s', (name, message) => {
  rmSync(path.join(folder, name), { recursive: true });
  const find = (buildCommand?: string) => () =>
    findPrograms({ ...template, local: { ...local, buildCommand } }, folder);
  expect(find()).toThrow(message);
  expect(find()).toThrow('Build it, or let Metadata.Emulator in the template say where it is.');
  expect(find('npm run bundle')).toThrow(message);
  expect(find('npm run bundle')).toThrow('Run `npm run bundle` first.');
  mkdirSync(path.join(folder, name));
});
