import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { fileSink } from './file.ts';

const SIGNAL = new AbortController().signal;

test('an object becomes a file, whole, and is never overwritten', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sink-'));
  const sink = fileSink(folder);
  await sink.put('a/b/c.jsonl', Buffer.from('first'), SIGNAL);
  await sink.put('a/b/c.jsonl', Buffer.from('second'), SIGNAL);
  expect(await readFile(path.join(folder, 'a/b/c.jsonl'), 'utf8')).toBe('first');
  expect(await readdir(path.join(folder, 'a/b'))).toEqual(['c.jsonl']);
  await rm(folder, { recursive: true });
});
