import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { KEY_TAKEN } from './failure.ts';
import { fileSink } from './file.ts';

const SIGNAL = new AbortController().signal;
const BODY = Buffer.from('first');
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sink-'));
  return () => rm(folder, { recursive: true });
});

test('an object becomes a file, whole; the same one may be put again', async () => {
  for (let i = 0; i < 2; i++) await fileSink(folder).put('a/b/c.jsonl', BODY, SIGNAL);
  expect(await readFile(path.join(folder, 'a/b/c.jsonl'), 'utf8')).toBe('first');
  expect(await readdir(path.join(folder, 'a/b'))).toEqual(['c.jsonl']);
});

test.each<[string, (file: string) => Promise<unknown>]>([
  ['another object', (file) => writeFile(file, 'other')],
  ['a part of the object', (file) => writeFile(file, 'fir')],
  ['more than the object', (file) => writeFile(file, 'first and more')],
  ['a folder', (file) => mkdir(file)],
  [
    'a link to the same bytes, which may be the spool',
    async (file) => {
      await writeFile(path.join(folder, 'same'), BODY);
      await symlink(path.join(folder, 'same'), file);
    },
  ],
])('%s under the key is not taken for it, and not written over', async (_, make) => {
  await make(path.join(folder, 'c.jsonl'));
  const before = await readFile(path.join(folder, 'c.jsonl')).catch(() => 'a folder');
  await expect(fileSink(folder).put('c.jsonl', BODY, SIGNAL)).rejects.toMatchObject({ code: KEY_TAKEN });
  expect(await readFile(path.join(folder, 'c.jsonl')).catch(() => 'a folder')).toEqual(before);
  expect((await readdir(folder)).filter((name) => name.endsWith('.partial'))).toEqual([]);
});
