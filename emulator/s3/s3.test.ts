import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listen } from '../listen.ts';
import { buildS3 } from './s3.ts';

const Bucket = 'inference-capture';
let folder: string;
let app: FastifyInstance;
let client: S3Client;

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 's3-'));
  app = buildS3({ folder, buckets: [Bucket], log: () => {} });
  const port = await listen(app, 0, '--s3-port');
  client = new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    forcePathStyle: true,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
});
afterEach(async () => {
  client.destroy();
  await app.close();
  rmSync(folder, { recursive: true });
});

const put = (Key: string, Body: string | Buffer | Readable = 'content', more = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const keys = async (query: object) => {
  const {
    Contents = [],
    CommonPrefixes = [],
    ...page
  } = await client.send(new ListObjectsV2Command({ Bucket, ...query }));
  return { keys: Contents.map(({ Key }) => Key), prefixes: CommonPrefixes.map(({ Prefix }) => Prefix), ...page };
};
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no failure',
    (error) => [error.name, error.$metadata?.httpStatusCode],
  );

describe('an object', () => {
  test('is a plain file, and comes back as it was', async () => {
    const { ETag } = await put('a/b c/ü.jsonl', 'hällo');
    expect(readFileSync(path.join(folder, Bucket, 'a/b c/ü.jsonl'), 'utf8')).toBe('hällo');
    const found = await client.send(new GetObjectCommand({ Bucket, Key: 'a/b c/ü.jsonl' }));
    expect([await found.Body?.transformToString(), found.ETag, found.ContentLength]).toEqual(['hällo', ETag, 6]);
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'a/b c/ü.jsonl' }));
    expect([head.ETag, head.ContentLength]).toEqual([ETag, 6]);
    expect(Date.now() - Number(head.LastModified)).toBeLessThan(60_000);
  });

  test('may be empty, or be read in part', async () => {
    await put('empty', Buffer.alloc(0));
    expect(await (await client.send(new GetObjectCommand({ Bucket, Key: 'empty' }))).Body?.transformToString()).toBe(
      '',
    );
    await put('digits', '0123456789');
    for (const [Range, part] of [
      ['bytes=2-4', '234'],
      ['bytes=7-', '789'],
      ['bytes=-2', '89'],
    ]) {
      const found = await client.send(new GetObjectCommand({ Bucket, Key: 'digits', Range }));
      expect(await found.Body?.transformToString()).toBe(part);
    }
  });

  test('may come as a stream, in chunks with a checksum behind them', async () => {
    const text = 'x'.repeat(200_000);
    await put('stream', Readable.from([Buffer.from(text)]), { ContentLength: text.length });
    expect(readFileSync(path.join(folder, Bucket, 'stream'), 'utf8')).toBe(text);
  });

  test('is replaced by the next of its key, but not where only a new one is wanted', async () => {
    await put('key', 'one');
    await put('key', 'two');
    expect(await failure(put('key', 'three', { IfNoneMatch: '*' }))).toEqual(['PreconditionFailed', 412]);
    expect(readFileSync(path.join(folder, Bucket, 'key'), 'utf8')).toBe('two');
    await put('new', 'one', { IfNoneMatch: '*' });
  });

  test('that several send at once as a new one is stored once', async () => {
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, i) => failure(put('raced', `${i}`, { IfNoneMatch: '*' }))),
    );
    expect(results.filter((result) => result === 'no failure')).toHaveLength(1);
    expect(results.filter((result) => result[0] === 'PreconditionFailed')).toHaveLength(7);
  });

  test('that came damaged is refused, and leaves nothing behind', async () => {
    const headers = { 'x-amz-checksum-crc32': 'AAAAAA==' };
    const response = await app.inject({ method: 'PUT', url: `/${Bucket}/damaged`, payload: 'content', headers });
    expect([response.statusCode, response.body]).toEqual([400, expect.stringContaining('<Code>BadDigest</Code>')]);
    expect(existsSync(path.join(folder, Bucket, 'damaged'))).toBe(false);
    expect(readdirSync(path.join(folder, '.uploads'))).toEqual([]);
  });

  test('can be deleted, and need not be there for that', async () => {
    await put('key');
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'key' }));
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'key' }));
    expect(await failure(client.send(new GetObjectCommand({ Bucket, Key: 'key' })))).toEqual(['NoSuchKey', 404]);
    expect(await failure(client.send(new HeadObjectCommand({ Bucket, Key: 'key' })))).toEqual(['NotFound', 404]);
  });
});

describe('a listing', () => {
  beforeEach(async () => {
    for (const key of ['a/1', 'a/2', 'a/b/3', 'a-4', 'c']) await put(key);
  });

  const listings: [query: object, keys: string[], prefixes: string[]][] = [
    [{}, ['a-4', 'a/1', 'a/2', 'a/b/3', 'c'], []],
    [{ Prefix: 'a/' }, ['a/1', 'a/2', 'a/b/3'], []],
    [{ Prefix: 'a' }, ['a-4', 'a/1', 'a/2', 'a/b/3'], []],
    [{ Delimiter: '/' }, ['a-4', 'c'], ['a/']],
    [{ Prefix: 'a/', Delimiter: '/' }, ['a/1', 'a/2'], ['a/b/']],
    [{ Prefix: 'nothing/' }, [], []],
    [{ Prefix: '../' }, [], []],
    [{ StartAfter: 'a/2' }, ['a/b/3', 'c'], []],
  ];
  test.each(listings)('of %j', async (query, expected, prefixes) => {
    expect(await keys(query)).toMatchObject({ keys: expected, prefixes, IsTruncated: false });
  });

  test.each([1, 2, 3, 4])('comes page by page, %i at a time', async (MaxKeys) => {
    for (const [query, all] of [
      [{}, ['a-4', 'a/1', 'a/2', 'a/b/3', 'c']],
      [{ Delimiter: '/' }, ['a-4', 'a/', 'c']],
    ] as const) {
      const seen: unknown[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await keys({ ...query, MaxKeys, ...(ContinuationToken && { ContinuationToken }) });
        expect(page.KeyCount).toBeLessThanOrEqual(MaxKeys);
        seen.push(...page.keys, ...page.prefixes);
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken);
      expect(seen.toSorted()).toEqual([...all].toSorted());
    }
  });
});

test.each([
  ['PUT', '/inference-capture/a?partNumber=1&uploadId=x'],
  ['GET', '/inference-capture/a?tagging'],
  ['GET', '/inference-capture?versioning'],
  ['POST', '/inference-capture/a'],
] as const)('%s %s, which is not here, is said not to be', async (method, url) => {
  const { statusCode } = await app.inject({ method, url });
  expect(statusCode).toBe(method === 'POST' ? 405 : 501);
});

describe('a bucket', () => {
  test('is there or is not, and can be made', async () => {
    await client.send(new HeadBucketCommand({ Bucket }));
    expect(await failure(client.send(new PutObjectCommand({ Bucket: 'other', Key: 'a', Body: 'b' })))).toEqual([
      'NoSuchBucket',
      404,
    ]);
    await client.send(new CreateBucketCommand({ Bucket: 'other' }));
    await client.send(new PutObjectCommand({ Bucket: 'other', Key: 'a', Body: 'b' }));
  });
});

test.each([
  ['/inference-capture/../secret', 'InvalidURI'],
  ['/inference-capture/%2e%2e/secret', 'InvalidURI'],
  ['/inference-capture/a%2f..%2f..%2f..%2fsecret', 'InvalidURI'],
  ['/inference-capture/a//b', 'InvalidURI'],
  ['/inference-capture/a/', 'InvalidURI'],
  ['/inference-capture/a%00b', 'InvalidURI'],
  ['/inference-capture/%zz', 'InvalidURI'],
  ['/../secret', 'InvalidBucketName'],
  ['/.uploads/a', 'InvalidBucketName'],
  [`/inference-capture/${'a'.repeat(256)}`, 'KeyTooLongError'],
  [`/inference-capture/${'a/'.repeat(600)}a`, 'KeyTooLongError'],
])('PUT %s is refused: no key leaves its folder', async (url, code) => {
  const { hostname, port } = new URL(`http://127.0.0.1:${(app.server.address() as { port: number }).port}`);
  // Not through a URL, which would take the dots out.
  const http = await import('node:http');
  const body = await new Promise<string>((resolve, reject) => {
    const request = http.request({ hostname, port, path: url, method: 'PUT' }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    });
    request.on('error', reject);
    request.end('content');
  });
  expect(body).toContain(`<Code>${code}</Code>`);
});

test('a key cannot be an object and a folder of others', async () => {
  await put('a');
  expect(await failure(put('a/b'))).toEqual(['InvalidRequest', 400]);
});
