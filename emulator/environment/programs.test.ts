import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StartError } from '../start-error.ts';
import type { FunctionTemplate } from '../template/template.ts';
import { findPrograms } from './programs.ts';

const template = { handler: 'index.handler', codeUri: 'code', extensionsUri: 'extensions' } as FunctionTemplate;
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

test("an extensions' folder that is a file is told", () => {
  const find = () => findPrograms({ ...template, extensionsUri: 'code/index.mjs' }, folder);
  expect(find).toThrow(StartError);
  expect(find).toThrow(/^The extensions cannot be read: ENOTDIR.*code\/index\.mjs.*Let ExtensionsUri/);
});

test.skipIf(isRoot).each([
  ['code', /^The function cannot be read: EACCES.*Let CodeUri/],
  ['extensions', /^The extensions cannot be read: EACCES.*Let ExtensionsUri/],
])('a folder that nobody may read is told: %s (not as root)', (name, message) => {
  chmodSync(path.join(folder, name), 0o000);
  const find = () => findPrograms(template, folder);
  expect(find).toThrow(StartError);
  expect(find).toThrow(message);
});
