import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Bucket, failure, s3Client } from '../fixtures/s3-client.ts';

let s3: Awaited<ReturnType<typeof s3Client>>;
beforeEach(async () => {
  s3 = await s3Client();
});
afterEach(() => s3.close());

describe('an object', () => {
  test('is a plain file, and comes back as it was', async () => {
    const { ETag } = await s3.put('a/b c/ü.jsonl', 'hällo');
    expect(readFileSync(path.join(s3.folder, Bucket, 'a/b c/ü.jsonl'), 'utf8')).toBe('hällo');
    const found = await s3.client.send(new GetObjectCommand({ Bucket, Key: 'a/b c/ü.jsonl' }));
    expect([await found.Body?.transformToString(), found.ETag, found.ContentLength]).toEqual(['hällo', ETag, 6]);
    const head = await s3.client.send(new HeadObjectCommand({ Bucket, Key: 'a/b c/ü.jsonl' }));
    expect([head.ETag, head.ContentLength]).toEqual([ETag, 6]);
    expect(Date.now() - Number(head.LastModified)).toBeLessThan(60_000);
  });

  test('may be empty, or be read in part', async () => {
    await s3.put('empty', Buffer.alloc(0));
    expect(await (await s3.client.send(new GetObjectCommand({ Bucket, Key: 'empty' }))).Body?.transformToString()).toBe(
      '',
    );
    await s3.put('digits', '0123456789');
    for (const [Range, part] of [
      ['bytes=2-4', '234'],
      ['bytes=7-', '789'],
      ['bytes=-2', '89'],
    ]) {
      const found = await s3.client.send(new GetObjectCommand({ Bucket, Key: 'digits', Range }));
      expect(await found.Body?.transformToString()).toBe(part);
    }
  });

  test('may come as a stream, in chunks with a checksum behind them', async () => {
    const body = 'x'.repeat(200_000);
    await s3.put('stream', Readable.from([Buffer.from(body)]), { ContentLength: body.length });
    expect(readFileSync(path.join(s3.folder, Bucket, 'stream'), 'utf8')).toBe(body);
  });

  test.each(['', 'nonsense', 'a/b/c', 'application/json; charset'])('may have any content type: %j', async (type) => {
    const headers = { 'content-type': type };
    expect((await s3.app.inject({ method: 'PUT', url: `/${Bucket}/a`, payload: 'content', headers })).statusCode).toBe(
      200,
    );
    expect(readFileSync(path.join(s3.folder, Bucket, 'a'), 'utf8')).toBe('content');
  });

  test('is replaced by the next of its key, but not where only a new one is wanted', async () => {
    await s3.put('key', 'one');
    await s3.put('key', 'two');
    expect(await failure(s3.put('key', 'three', { IfNoneMatch: '*' }))).toEqual(['PreconditionFailed', 412]);
    expect(readFileSync(path.join(s3.folder, Bucket, 'key'), 'utf8')).toBe('two');
    await s3.put('new', 'one', { IfNoneMatch: '*' });
  });

  test('that several clients send at once as a new one is stored once', async () => {
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, i) => failure(s3.put('raced', `${i}`, { IfNoneMatch: '*' }))),
    );
    expect(results.filter((result) => result === 'no failure')).toHaveLength(1);
    expect(results.filter((result) => result[0] === 'PreconditionFailed')).toHaveLength(7);
  });

  test('that came damaged is refused, and leaves nothing behind', async () => {
    const headers = { 'x-amz-checksum-crc32': 'AAAAAA==' };
    const response = await s3.app.inject({ method: 'PUT', url: `/${Bucket}/damaged`, payload: 'content', headers });
    expect([response.statusCode, response.body]).toEqual([400, expect.stringContaining('<Code>BadDigest</Code>')]);
    expect(existsSync(path.join(s3.folder, Bucket, 'damaged'))).toBe(false);
    expect(readdirSync(path.join(s3.folder, '.uploads'))).toEqual([]);
  });

  test('can be deleted, and need not be there for that', async () => {
    await s3.put('key');
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'key' }));
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'key' }));
    expect(await failure(s3.client.send(new GetObjectCommand({ Bucket, Key: 'key' })))).toEqual(['NoSuchKey', 404]);
    expect(await failure(s3.client.send(new HeadObjectCommand({ Bucket, Key: 'key' })))).toEqual(['NotFound', 404]);
  });
});

describe('a bucket', () => {
  test('is there or is not, and can be made', async () => {
    await s3.client.send(new HeadBucketCommand({ Bucket }));
    expect(await failure(s3.client.send(new PutObjectCommand({ Bucket: 'other', Key: 'a', Body: 'b' })))).toEqual([
      'NoSuchBucket',
      404,
    ]);
    await s3.client.send(new CreateBucketCommand({ Bucket: 'other' }));
    await s3.client.send(new PutObjectCommand({ Bucket: 'other', Key: 'a', Body: 'b' }));
  });
});

test.each([
  ['PUT', '/archive/a?partNumber=1&uploadId=x'],
  ['GET', '/archive/a?tagging'],
  ['GET', '/archive?policy'],
  ['POST', '/archive/a'],
] as const)('%s %s, which is not here, is said not to be', async (method, url) => {
  const { statusCode } = await s3.app.inject({ method, url });
  expect(statusCode).toBe(method === 'POST' ? 405 : 501);
});

test('an error of the machine is told without a path of it', async () => {
  rmSync(path.join(s3.folder, '.uploads'), { recursive: true });
  const { status, body } = await s3.raw('PUT', `/${Bucket}/a`);
  expect([status, body]).toEqual([
    500,
    expect.stringContaining("<Message>The emulator's log has the cause.</Message>"),
  ]);
  expect(body).not.toContain(s3.folder);
  expect(s3.log).toEqual([expect.stringContaining('ENOENT')]);
});
