import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ObjectStore } from './object-store.ts';

const bucket = 'bucket';
let folder: string;
let store: ObjectStore;
const inBucket = (...parts: string[]) => path.join(folder, 's3', bucket, ...parts);

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'object-store-'));
  store = new ObjectStore(path.join(folder, 's3'), [bucket, 'bucket-private']);
});
afterEach(() => rmSync(folder, { recursive: true }));

async function* content(body: string) {
  yield Buffer.from(body);
}
const put = (key: string, body = key, onlyNew = false) =>
  store.put({ bucket, key }, content(body), () => ({}), onlyNew ? 'new' : undefined);
const get = async (key: string) => text((await store.open(bucket, key)).read());
const keys = (prefix = '') => store.list(bucket, prefix).map(({ key }) => key);

test('an object is replaced only while it is the one that the sender has read', async () => {
  const replace = (key: string, body: string, etag: string) =>
    store.put({ bucket, key }, content(body), () => ({}), { etag });
  const read = await put('a', 'first');
  const written = await replace('a', 'second', read);
  await expect(replace('a', 'third', read)).rejects.toMatchObject({ code: 'PreconditionFailed' });
  expect(await get('a')).toBe('second');
  await expect(replace('b', 'first', written)).rejects.toMatchObject({ code: 'NoSuchKey' });
  expect(keys()).toEqual(['a']);
});

const part = fc.constantFrom(
  '',
  '.',
  '..',
  'a',
  'b',
  'A',
  'ü',
  'a b',
  'a\0b',
  'a.object',
  '.keys',
  'x'.repeat(256),
  '616f',
);
const key = fc
  .array(part, { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('/'))
  .filter((one) => one !== '');
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ put: key, onlyNew: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ remove: key }) },
);

test('whatever the keys are, each has the object that was put there last, and is listed until it is deleted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), key, async (steps, prefix) => {
      rmSync(path.join(folder, 's3'), { recursive: true });
      store = new ObjectStore(path.join(folder, 's3'), [bucket]);
      const model = new Map<string, string>();
      for (const [i, one] of steps.entries()) {
        if ('remove' in one) {
          store.remove(bucket, one.remove);
          model.delete(one.remove);
          continue;
        }
        const refused = await put(one.put, `${i}`, one.onlyNew).then(
          () => false,
          ({ code }) => code === 'PreconditionFailed',
        );
        expect(refused).toBe(one.onlyNew && model.has(one.put));
        if (!refused) model.set(one.put, `${i}`);
      }
      const expected = [...model.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(keys()).toEqual(expected);
      expect(keys(prefix)).toEqual(expected.filter((one) => one.startsWith(prefix)));
      for (const [one, body] of model) expect(await get(one)).toBe(body);
      expect(readdirSync(folder)).toEqual(['s3']);
      expect(readdirSync(path.join(folder, 's3')).filter((name) => !name.startsWith('.'))).toEqual([bucket]);
    }),
    { numRuns: 150 },
  );
});

test('a key that can be a path is a plain file there, and one that a person puts there is an object', async () => {
  await put('a/b c/ü', 'content');
  expect(readFileSync(inBucket('a/b c/ü'), 'utf8')).toBe('content');
  writeFileSync(inBucket('a/by-hand'), 'mine');
  expect([await get('a/by-hand'), keys()]).toEqual(['mine', ['a/b c/ü', 'a/by-hand']]);
});

test("a folder that nothing is in any more is in no key's way", async () => {
  await put('a/b/c');
  store.remove(bucket, 'a/b/c');
  await put('a', 'file');
  expect(readFileSync(inBucket('a'), 'utf8')).toBe('file');
});

test('objects outlive the emulator, whatever they are called; halves of uploads do not', async () => {
  for (const one of ['a', 'a/b', 'a/']) await put(one);
  writeFileSync(path.join(folder, 's3/.uploads/half'), '');
  store = new ObjectStore(path.join(folder, 's3'), [bucket]);
  expect(keys()).toEqual(['a', 'a/', 'a/b']);
  expect(readdirSync(path.join(folder, 's3/.uploads'))).toEqual([]);
});

test('an object that is read stays as it was when it is replaced meanwhile', async () => {
  await put('a', 'one');
  const object = await store.open(bucket, 'a');
  await put('a', 'two, and longer');
  store.remove(bucket, 'a');
  expect([object.bytes, await text(object.read())]).toEqual([3, 'one']);
});

test.each(['../bucket-private/', '../bucket-private/s', '..', './', '/', 'a/../../bucket-private/'])(
  'the prefix %s lists no other bucket',
  async (prefix) => {
    await store.put({ bucket: 'bucket-private', key: 'secret' }, content(''), () => ({}));
    await put('a');
    expect(keys(prefix)).toEqual([]);
  },
);

describe('a link', () => {
  beforeEach(() => {
    mkdirSync(path.join(folder, 'outside/deep'), { recursive: true });
    writeFileSync(path.join(folder, 'outside/secret'), 'secret');
    mkdirSync(inBucket('in'));
  });
  const links: [what: string, key: string, link: string, target: string][] = [
    ['to a file', 'secret', 'secret', 'outside/secret'],
    ['to a file, deep in the bucket', 'in/secret', 'in/secret', 'outside/secret'],
    ['to a folder', 'out/secret', 'out', 'outside'],
    ['to a folder, with a folder in it', 'out/deep/new', 'out', 'outside'],
    ['to a folder that the key would make', 'out/made/new', 'out', 'outside'],
    ['to a folder, deep in the bucket', 'in/out/secret', 'in/out', 'outside'],
    ['to nothing', 'nothing', 'nothing', 'outside/nothing'],
    ['to itself', 'loop/a', 'loop', 's3/bucket/loop'],
    ['to a file of the bucket', 'twin', 'twin', 's3/bucket/real'],
  ];
  test.each(links)("%s is no object, is never followed, and in no key's way", async (_what, key, link, target) => {
    symlinkSync(path.join(folder, target), inBucket(link));
    expect(keys()).toEqual([]);
    expect(keys(key.slice(0, key.lastIndexOf('/') + 1))).toEqual([]);
    await expect(store.open(bucket, key)).rejects.toMatchObject({ code: 'NoSuchKey' });
    store.remove(bucket, key);

    await put(key, 'mine', true);
    expect([await get(key), keys()]).toEqual(['mine', [key]]);
    store.remove(bucket, key);
    expect(keys()).toEqual([]);
    expect(readFileSync(path.join(folder, 'outside/secret'), 'utf8')).toBe('secret');
    expect(readdirSync(path.join(folder, 'outside'), { recursive: true }).sort()).toEqual(['deep', 'secret']);
    expect(existsSync(path.dirname(inBucket(link)))).toBe(true);
  });

  test('is no bucket either', () => {
    symlinkSync(path.join(folder, 'outside'), path.join(folder, 's3/linked'));
    expect(store.buckets()).toEqual([bucket, 'bucket-private']);
    expect(() => store.requireBucket('linked')).toThrow('does not exist');
    expect(() => store.createBucket('linked')).toThrow('previous request');
    expect(() => new ObjectStore(path.join(folder, 's3'), ['linked'])).toThrow("Expected a bucket's folder at");
  });
});
