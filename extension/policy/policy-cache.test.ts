import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MAX_POLICY_BYTES } from '../../policy/policy.ts';
import { policyCache } from './policy-cache.ts';

const PLACE = 's3://bucket/policy.json';
const TEXT = { text: '{"version": 1}\nÄ', etag: '"etag"' };

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(tmpdir(), 'policy-cache-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

/** A cache that has been written, and its file. */
function written() {
  const cache = policyCache(dir, PLACE);
  cache.write(TEXT);
  const [name] = fs.readdirSync(dir);
  return { cache, file: path.join(dir, name!) };
}

test('what is written is read, by a later process too, and by nobody else', () => {
  const { cache, file } = written();
  expect(cache.read()).toEqual(TEXT);
  expect(policyCache(dir, PLACE).read()).toEqual(TEXT);
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
});

test('any text and any ETag come back as they were', () => {
  const cache = policyCache(path.join(dir, 'made', 'by', 'the', 'cache'), PLACE);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, etag) => {
      cache.write({ text, etag });
      expect(cache.read()).toEqual({ text, etag });
    }),
  );
});

test('each place has its own', () => {
  written();
  expect(policyCache(dir, 's3://bucket/another.json').read()).toBeUndefined();
});

test('a file in which one byte of the document is another is none', () => {
  const { cache, file } = written();
  const content = fs.readFileSync(file);
  const start = content.indexOf('\n') + 1;
  fc.assert(
    fc.property(fc.integer({ min: start, max: content.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const changed = Buffer.from(content);
      changed[at]! ^= by;
      fs.writeFileSync(file, changed);
      expect(cache.read()).toBeUndefined();
    }),
  );
});

test.each<[string, (file: string) => void]>([
  ['that is cut', (file) => fs.truncateSync(file, fs.statSync(file).size - 1)],
  ['that is empty', (file) => fs.truncateSync(file, 0)],
  ['with more at its end', (file) => fs.appendFileSync(file, ' ')],
  ['that others may read', (file) => fs.chmodSync(file, 0o644)],
  ['that others may write', (file) => fs.chmodSync(file, 0o622)],
  ['of another place', (file) => fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(PLACE, 's3://b/other'))],
  ['that is too large', (file) => fs.appendFileSync(file, Buffer.alloc(MAX_POLICY_BYTES + 4096))],
  [
    'that is a link',
    (file) => {
      fs.renameSync(file, `${file}-elsewhere`);
      fs.symlinkSync(`${file}-elsewhere`, file);
    },
  ],
  [
    'that is a folder',
    (file) => {
      fs.rmSync(file);
      fs.mkdirSync(file);
    },
  ],
])('a file %s is none', (_, tamper) => {
  const { cache, file } = written();
  expect(cache.read()).toEqual(TEXT);
  tamper(file);
  expect(cache.read()).toBeUndefined();
});

test('a disk that refuses, or a link where the file is to be, costs nothing but the cache', () => {
  expect(policyCache('/dev/null/folder', PLACE).write(TEXT)).toBeUndefined();
  const { cache, file } = written();
  const victim = path.join(dir, 'victim');
  fs.writeFileSync(victim, 'theirs');
  fs.rmSync(file);
  fs.symlinkSync(victim, file);
  fs.symlinkSync(victim, `${file}.partial`);
  cache.write(TEXT);
  expect(cache.read()).toEqual(TEXT);
  expect(fs.readFileSync(victim, 'utf8')).toBe('theirs');
});
