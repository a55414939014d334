import { readdirSync } from 'node:fs';
import { DeleteObjectCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Bucket, failure, s3Client } from '../fixtures/s3-client.ts';

let s3: Awaited<ReturnType<typeof s3Client>>;
beforeEach(async () => {
  s3 = await s3Client();
});
afterEach(() => s3.close());

test.each([
  ['/archive/../secret', 'InvalidURI'],
  ['/archive/%2e%2e/secret', 'InvalidURI'],
  ['/archive/a%2f..%2f..%2f..%2fsecret', 'InvalidURI'],
  ['/archive/./../secret', 'InvalidURI'],
  ['/archive/%zz', 'InvalidURI'],
  ['/archive/%ff', 'InvalidURI'],
  ['/../secret', 'InvalidBucketName'],
  ['/.uploads/a', 'InvalidBucketName'],
  ['/.keys/archive', 'InvalidBucketName'],
  [`/archive/${'a/'.repeat(512)}a`, 'KeyTooLongError'],
  [`/archive/${'%C3%BC'.repeat(513)}`, 'KeyTooLongError'],
])('%s is refused, as S3 refuses it', async (target, code) => {
  for (const method of ['PUT', 'GET', 'DELETE']) {
    expect(await s3.raw(method, target)).toMatchObject({
      status: 400,
      body: expect.stringContaining(`<Code>${code}</Code>`),
    });
  }
  expect(readdirSync(s3.folder).sort()).toEqual(['.uploads', Bucket]);
});

test.each([
  ['/a/', 'a/'],
  ['/a//b', 'a//b'],
  ['//a', '/a'],
  ['/a/../b', 'a/../b'],
  ['/a/.', 'a/.'],
  ['/a%00b', 'a\0b'],
  ['/a%2Fb%20c+d%25', 'a/b c+d%'],
  [`/${'a'.repeat(1024)}`, 'a'.repeat(1024)],
])('%s is the key %j', async (target, key) => {
  expect((await s3.raw('PUT', `/${Bucket}${target}`)).status).toBe(200);
  expect(await s3.raw('GET', `/${Bucket}${target}`)).toMatchObject({ status: 200, body: 'content' });
  const { body } = await s3.raw('GET', `/${Bucket}?list-type=2&encoding-type=url`);
  expect(body).toContain(`<Key>${encodeURIComponent(key).replaceAll('%2F', '/')}</Key>`);
  expect((await s3.raw('DELETE', `/${Bucket}${target}`)).status).toBe(204);
  expect((await s3.raw('GET', `/${Bucket}${target}`)).status).toBe(404);
});

test('a key may be the beginning of other keys, as in S3', async () => {
  for (const Key of ['a/b', 'a', 'a/', 'a/b/', 'a/b/c']) await s3.put(Key, Key);
  expect((await s3.keys({})).keys).toEqual(['a', 'a/', 'a/b', 'a/b/', 'a/b/c']);
  expect(await s3.keys({ Delimiter: '/' })).toMatchObject({ keys: ['a'], prefixes: ['a/'] });
  expect(await s3.keys({ Prefix: 'a/', Delimiter: '/' })).toMatchObject({ keys: ['a/', 'a/b'], prefixes: ['a/b/'] });
  for (const Key of ['a/b', 'a', 'a/']) {
    const found = await s3.client.send(new GetObjectCommand({ Bucket, Key }));
    expect(await found.Body?.transformToString()).toBe(Key);
  }
  expect(await failure(s3.put('a', 'again', { IfNoneMatch: '*' }))).toEqual(['PreconditionFailed', 412]);
});

test('what is only the beginning of keys is no object: it can be deleted without effect, and be stored as a new one', async () => {
  await s3.put('a/b');
  expect(await failure(s3.client.send(new GetObjectCommand({ Bucket, Key: 'a' })))).toEqual(['NoSuchKey', 404]);
  for (const Key of ['a', 'a/']) {
    const { $metadata } = await s3.client.send(new DeleteObjectCommand({ Bucket, Key }));
    expect($metadata.httpStatusCode).toBe(204);
  }
  await s3.put('a', 'one', { IfNoneMatch: '*' });
  expect((await s3.keys({})).keys).toEqual(['a', 'a/b']);
});
