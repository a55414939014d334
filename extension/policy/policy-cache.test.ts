import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { policyCache } from './policy-cache.ts';

const PLACE = 's3://bucket/policy.yaml';
const TEXT = { text: 'version: 1\nonError: nothing\n', etag: '"e"' };
let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(tmpdir(), 'policy-cache-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

const files = () => fs.readdirSync(dir).map((name) => path.join(dir, name));
/** The cache with the document, and the file that it is in. */
function written(): string {
  policyCache(dir, PLACE).write(TEXT);
  const [file, ...others] = files();
  expect(others).toEqual([]);
  return file!;
}

test('whatever was written last is read again, and nobody else may read it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, etag) => {
      policyCache(dir, PLACE).write({ text, etag });
      expect(policyCache(dir, PLACE).read()).toEqual({ text, etag });
    }),
  );
  expect(fs.statSync(written()).mode & 0o777).toBe(0o600);
});

test('each place has a document of its own', () => {
  written();
  expect(policyCache(dir, `${PLACE}2`).read()).toBeUndefined();
  policyCache(dir, `${PLACE}2`).write({ ...TEXT, text: 'another' });
  expect(policyCache(dir, PLACE).read()).toEqual(TEXT);
});

test('a file that was changed at any place is no policy', () => {
  const content = fs.readFileSync(written());
  fc.assert(
    fc.property(fc.nat(content.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const tampered = Buffer.from(content);
      tampered[at]! ^= change;
      fs.writeFileSync(files()[0]!, tampered);
      const read = policyCache(dir, PLACE).read();
      // A name of the head that is not known, or another ETag, changes no document: S3 is asked about it.
      expect(read === undefined || read.text === TEXT.text).toBe(true);
    }),
  );
});

test.each<[string, (file: string) => void]>([
  ['was cut', (file) => fs.truncateSync(file, fs.statSync(file).size - 1)],
  ['is empty', (file) => fs.truncateSync(file, 0)],
  ['others may read', (file) => fs.chmodSync(file, 0o644)],
  ['others may write', (file) => fs.chmodSync(file, 0o622)],
  [
    'is of another place',
    (file) => {
      policyCache(dir, 's3://bucket/another').write(TEXT);
      fs.renameSync(files().find((one) => one !== file)!, file);
    },
  ],
  [
    'is a link',
    (file) => {
      fs.renameSync(file, `${file}.moved`);
      fs.symlinkSync(`${file}.moved`, file);
    },
  ],
  [
    'is a folder',
    (file) => {
      fs.rmSync(file);
      fs.mkdirSync(file);
    },
  ],
  ['is not there', (file) => fs.rmSync(file)],
])('a file that %s is no policy, and the next write mends what it can', (what, change) => {
  change(written());
  expect(policyCache(dir, PLACE).read()).toBeUndefined();
  policyCache(dir, PLACE).write(TEXT);
  expect(policyCache(dir, PLACE).read()).toEqual(what === 'is a folder' ? undefined : TEXT);
});

test('a disk that refuses costs nothing but the copy', () => {
  const cache = policyCache('/dev/null/spool', PLACE);
  cache.write(TEXT);
  expect(cache.read()).toBeUndefined();
});
