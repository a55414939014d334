import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
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
import { listen } from '../http/listen.ts';
import { buildS3 } from './s3.ts';

const Bucket = 'archive';
let folder: string;
let app: FastifyInstance;
let client: S3Client;
let log: string[];

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 's3-'));
  log = [];
  app = buildS3({ folder, buckets: [Bucket], log: (line) => log.push(line) });
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
    const body = 'x'.repeat(200_000);
    await put('stream', Readable.from([Buffer.from(body)]), { ContentLength: body.length });
    expect(readFileSync(path.join(folder, Bucket, 'stream'), 'utf8')).toBe(body);
  });

  test.each(['', 'nonsense', 'a/b/c', 'application/json; charset'])('may have any content type: %j', async (type) => {
    const headers = { 'content-type': type };
    expect((await app.inject({ method: 'PUT', url: `/${Bucket}/a`, payload: 'content', headers })).statusCode).toBe(
      200,
    );
    expect(readFileSync(path.join(folder, Bucket, 'a'), 'utf8')).toBe('content');
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
    [{ Prefix: '../archive-private/' }, [], []],
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
  ['PUT', '/archive/a?partNumber=1&uploadId=x'],
  ['GET', '/archive/a?tagging'],
  ['GET', '/archive?versioning'],
  ['POST', '/archive/a'],
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

/** Sends a path as it stands: a URL would take its dots out. */
function raw(method: string, target: string, headers: http.OutgoingHttpHeaders = {}) {
  const { port } = app.server.address() as { port: number };
  return new Promise<{ status: number; headers: http.IncomingHttpHeaders; body: string }>((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, path: target, method, headers }, async (response) =>
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: await text(response) }),
    );
    request.on('error', reject);
    request.end(method === 'PUT' ? 'content' : undefined);
  });
}

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
    expect(await raw(method, target)).toMatchObject({
      status: 400,
      body: expect.stringContaining(`<Code>${code}</Code>`),
    });
  }
  expect(readdirSync(folder).sort()).toEqual(['.uploads', Bucket]);
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
  expect((await raw('PUT', `/${Bucket}${target}`)).status).toBe(200);
  expect(await raw('GET', `/${Bucket}${target}`)).toMatchObject({ status: 200, body: 'content' });
  const { body } = await raw('GET', `/${Bucket}?list-type=2&encoding-type=url`);
  expect(body).toContain(`<Key>${encodeURIComponent(key).replaceAll('%2F', '/')}</Key>`);
  expect((await raw('DELETE', `/${Bucket}${target}`)).status).toBe(204);
  expect((await raw('GET', `/${Bucket}${target}`)).status).toBe(404);
});

test('a key may be another and a part of others, as in S3', async () => {
  for (const Key of ['a/b', 'a', 'a/', 'a/b/', 'a/b/c']) await put(Key, Key);
  expect((await keys({})).keys).toEqual(['a', 'a/', 'a/b', 'a/b/', 'a/b/c']);
  expect(await keys({ Delimiter: '/' })).toMatchObject({ keys: ['a'], prefixes: ['a/'] });
  expect(await keys({ Prefix: 'a/', Delimiter: '/' })).toMatchObject({ keys: ['a/', 'a/b'], prefixes: ['a/b/'] });
  for (const Key of ['a/b', 'a', 'a/']) {
    const found = await client.send(new GetObjectCommand({ Bucket, Key }));
    expect(await found.Body?.transformToString()).toBe(Key);
  }
  expect(await failure(put('a', 'again', { IfNoneMatch: '*' }))).toEqual(['PreconditionFailed', 412]);
});

test('what is only the beginning of keys is no object: it can be deleted without effect, and be stored as a new one', async () => {
  await put('a/b');
  expect(await failure(client.send(new GetObjectCommand({ Bucket, Key: 'a' })))).toEqual(['NoSuchKey', 404]);
  for (const Key of ['a', 'a/']) {
    const { $metadata } = await client.send(new DeleteObjectCommand({ Bucket, Key }));
    expect($metadata.httpStatusCode).toBe(204);
  }
  await put('a', 'one', { IfNoneMatch: '*' });
  expect((await keys({})).keys).toEqual(['a', 'a/b']);
});

describe('a range', () => {
  beforeEach(async () => {
    await put('digits', '0123456789');
    await put('empty', Buffer.alloc(0));
  });

  test.each([
    ['digits', 'bytes=10-', 10],
    ['digits', 'bytes=-0', 10],
    ['empty', 'bytes=0-', 0],
  ])('of %s that is past its end, %s, is a 416 that tells its length', async (Key, Range, bytes) => {
    const command = new GetObjectCommand({ Bucket, Key, Range });
    expect(await failure(client.send(command))).toEqual(['InvalidRange', 416]);
    const response = await raw('GET', `/${Bucket}/${Key}`, { range: Range });
    expect(response.headers).toMatchObject({ 'content-range': `bytes */${bytes}`, 'content-type': 'application/xml' });
    expect(response.headers).not.toHaveProperty('etag');
    expect(response.body).toContain(
      `<RangeRequested>${Range}</RangeRequested><ActualObjectSize>${bytes}</ActualObjectSize>`,
    );
    expect(await raw('HEAD', `/${Bucket}/${Key}`, { range: Range })).toMatchObject({ status: 416, body: '' });
  });

  test('that asks for several parts gets all of it, as S3 gives one part at most', async () => {
    const { status, body } = await raw('GET', `/${Bucket}/digits`, { range: 'bytes=0-1,3-4' });
    expect([status, body]).toEqual([200, '0123456789']);
  });

  test('can be asked about', async () => {
    const { status, headers } = await raw('HEAD', `/${Bucket}/digits`, { range: 'bytes=2-4' });
    expect([status, headers['content-range'], headers['content-length']]).toEqual([206, 'bytes 2-4/10', '3']);
  });
});

test('an error of the machine is told without a path of it', async () => {
  rmSync(path.join(folder, '.uploads'), { recursive: true });
  const { status, body } = await raw('PUT', `/${Bucket}/a`);
  expect([status, body]).toEqual([
    500,
    expect.stringContaining("<Message>The emulator's log has the cause.</Message>"),
  ]);
  expect(body).not.toContain(folder);
  expect(log).toEqual([expect.stringContaining('ENOENT')]);
});
