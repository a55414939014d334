import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Behaviour, FaultyS3 } from '../../harness/s3.ts';
import { failureOf } from './failure.ts';
import { type S3SinkOptions, s3Sink } from './s3.ts';

const KEY = 'records/2026/11/24/21/a.jsonl';
const BODY = Buffer.from('{"n":1}\n');
const within = (ms: number) => AbortSignal.timeout(ms);

let server: FaultyS3;
beforeEach(async () => {
  server = await FaultyS3.start();
  vi.stubEnv('AWS_ENDPOINT_URL_S3', server.url);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAFIRST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server[Symbol.asyncDispose]();
});

const sink = (options: Partial<S3SinkOptions> = {}, now = Date.now) =>
  s3Sink({ bucket: 'bucket', pathStyle: true, ...options }, now);

test('an object is stored under its key, only if it is not there, and an object that is there is delivered', async () => {
  const subject = sink();
  await subject.put(KEY, BODY, within(5000));
  await subject.put(KEY, Buffer.from('another'), within(5000));
  expect([...server.objects.keys()]).toEqual([`/bucket/${KEY}`]);
  expect(server.objects.get(`/bucket/${KEY}`)).toContain('{"n":1}\n');
  expect(server.requests.map(({ headers }) => headers['if-none-match'])).toEqual(['*', '*']);
  expect(server.sockets.size).toBe(1);
});

test('key, owner and storage class are told to S3', async () => {
  await sink({ kmsKeyId: 'alias/mine', expectedBucketOwner: '123456789012', storageClass: 'STANDARD_IA' }).put(
    KEY,
    BODY,
    within(5000),
  );
  expect(server.requests[0]!.headers).toMatchObject({
    'x-amz-server-side-encryption': 'aws:kms',
    'x-amz-server-side-encryption-aws-kms-key-id': 'alias/mine',
    'x-amz-expected-bucket-owner': '123456789012',
    'x-amz-storage-class': 'STANDARD_IA',
  });
});

test.each<[Behaviour, 'transient' | 'permanent', RegExp]>([
  [{ status: 500, code: 'InternalError' }, 'transient', /InternalError/],
  [{ status: 503, code: 'SlowDown' }, 'transient', /SlowDown/],
  [{ status: 503, code: 'ServiceUnavailable' }, 'transient', /ServiceUnavailable/],
  [{ status: 429, code: 'TooManyRequests' }, 'transient', /TooManyRequests/],
  [{ status: 400, code: 'RequestTimeout' }, 'transient', /RequestTimeout/],
  [{ status: 409, code: 'ConditionalRequestConflict' }, 'transient', /ConditionalRequestConflict/],
  [{ status: 400, code: 'ExpiredToken' }, 'transient', /ExpiredToken/],
  [{ status: 403, code: 'RequestTimeTooSkewed' }, 'transient', /RequestTimeTooSkewed/],
  ['breaks the connection', 'transient', /ECONNRESET|socket hang up/],
  ['hangs', 'transient', /Abort|Timeout/],
  [{ status: 404, code: 'NoSuchBucket' }, 'permanent', /correct the bucket/],
  [{ status: 403, code: 'AccessDenied' }, 'permanent', /s3:PutObject/],
  [{ status: 403, code: 'SomethingNewDenied' }, 'permanent', /s3:PutObject/],
  [{ status: 403, code: 'InvalidAccessKeyId' }, 'permanent', /credentials/],
  [{ status: 403, code: 'SignatureDoesNotMatch' }, 'permanent', /credentials/],
  [{ status: 301, code: 'PermanentRedirect' }, 'permanent', /region/],
  [{ status: 400, code: 'AuthorizationHeaderMalformed' }, 'permanent', /region/],
  [{ status: 400, code: 'KMS.DisabledException' }, 'permanent', /KMS key/],
  [{ status: 400, code: 'InvalidStorageClass' }, 'permanent', /CAPTURE_S3_STORAGE_CLASS/],
  [{ status: 501, code: 'NotImplemented' }, 'permanent', /conditional writes/],
  [{ status: 400, code: 'InvalidRequest' }, 'permanent', /see the cause/],
])('an S3 that answers %j has failed for the time being, or for good: %s', async (behaviour, kind, says) => {
  server.behave(behaviour);
  const error = await sink()
    .put(KEY, BODY, within(behaviour === 'hangs' ? 200 : 5000))
    .catch((thrown) => thrown);
  const failure = failureOf(error);
  expect(failure.kind).toBe(kind);
  expect(failure.kind === 'permanent' ? failure.remedy : failure.cause).toMatch(says);
  expect(server.objects.size).toBe(0);
});

test('nobody listens: that may pass', async () => {
  await server[Symbol.asyncDispose]();
  const error = await sink()
    .put(KEY, BODY, within(5000))
    .catch((thrown) => thrown);
  expect(failureOf(error)).toMatchObject({ kind: 'transient', cause: expect.stringContaining('ECONNREFUSED') });
});

test.each<Behaviour>(['breaks the connection', 'stores, then breaks the connection'])(
  'a connection that died is replaced at once: %s',
  async (behaviour) => {
    const subject = sink();
    await subject.put('first.jsonl', BODY, within(5000));
    server.behave(behaviour, 'stores');
    await subject.put(KEY, BODY, within(5000));
    expect(server.objects.size).toBe(2);
    expect(server.sockets.size).toBe(2);
  },
);

test('a connection that was idle for long, as over a freeze, is not used again', async () => {
  let nowMs = 0;
  const subject = sink({}, () => nowMs);
  await subject.put('first.jsonl', BODY, within(5000));
  nowMs += 4_000;
  await subject.put('second.jsonl', BODY, within(5000));
  expect(server.sockets.size).toBe(1);
  nowMs += 6_000;
  await subject.put('third.jsonl', BODY, within(5000));
  expect(server.sockets.size).toBe(2);
});

test('after a clock that was wrong, the next attempt is signed by the clock of S3', async () => {
  const ahead = new Date(Date.now() + 3_600_000);
  server.behave({ status: 403, code: 'RequestTimeTooSkewed', date: ahead }, 'stores');
  const subject = sink();
  await expect(subject.put(KEY, BODY, within(5000))).rejects.toThrow();
  await subject.put(KEY, BODY, within(5000));
  const [first, second] = server.requests.map(({ headers }) => String(headers['x-amz-date']));
  expect(second!.slice(0, 11)).toBe(ahead.toISOString().replaceAll('-', '').replaceAll(':', '').slice(0, 11));
  expect(second).not.toBe(first);
});

test('after credentials that have expired, the next attempt has new ones', async () => {
  server.behave({ status: 400, code: 'ExpiredToken' }, 'stores');
  const subject = sink();
  await expect(subject.put(KEY, BODY, within(5000))).rejects.toThrow();
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIASECOND');
  await subject.put(KEY, BODY, within(5000));
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
    expect.stringContaining('AKIAFIRST'),
    expect.stringContaining('AKIASECOND'),
  ]);
});
