import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { readInto, readWhole } from './read-file.ts';
import { ModelFolderError } from './supported-models.ts';

const BYTES = Buffer.from(Array.from({ length: 5000 }, (_, i) => i % 251));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'files-'));
  await writeFile(path.join(folder, 'file'), BYTES);
  await writeFile(path.join(folder, 'empty'), '');
  return () => rm(folder, { recursive: true });
});

test('a file is read whole', async () => {
  expect((await readWhole(folder, 'file')).equals(BYTES)).toBe(true);
  expect((await readWhole(folder, 'empty')).length).toBe(0);
});

test('a file is read into more pieces than a system reads at once, and empty ones', async () => {
  const pieces = Array.from({ length: 3000 }, (_, i) => Buffer.alloc(i % 3));
  await readInto(folder, 'file', pieces);
  const bytes = Buffer.concat(pieces);
  expect(bytes.equals(BYTES.subarray(0, bytes.length))).toBe(true);
  await readInto(folder, 'empty', []);
});

test.each([
  ['a file that is too short', 'file', 5001, 'file in the model folder', 'got a file that ends after 5000 bytes'],
  ['a file that is not there', 'none', 1, 'none in the model folder', 'got ENOENT'],
])('%s is named, with what to do', async (_, part, bytes, which, got) => {
  const reading = readInto(folder, part, [Buffer.alloc(bytes)]);
  await expect(reading).rejects.toThrow(ModelFolderError);
  await expect(reading).rejects.toThrow(new RegExp(`Expected a readable file ${which} .+, ${got}. Let MODEL_DIR name`));
});
