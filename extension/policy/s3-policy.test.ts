import http from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { listenOnLoopback } from '../../harness/loopback.ts';
import { FaultyS3 } from '../../harness/s3.ts';
import { loadFailureOf } from './policy-failure.ts';
import { readS3Policy } from './s3-policy.ts';

let stack: AsyncDisposableStack;
let s3: FaultyS3;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  s3 = stack.use(await FaultyS3.start());
  vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.url);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIA');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await stack.disposeAsync();
});

const within = (ms: number) => AbortSignal.timeout(ms);
const read = (known?: string, signal = within(5000), key = 'team a/policy.yaml') =>
  readS3Policy({ bucket: 'bucket', key, pathStyle: true }, undefined)(known, signal);
const put = (body: string | Buffer) => fetch(`${s3.url}/bucket/team%20a/policy.yaml`, { method: 'PUT', body });
/** Why a read failed. */
const failure = (reading: Promise<unknown>) =>
  reading.then(
    () => expect.unreachable(),
    (error) => loadFailureOf(error),
  );

test('an object is read with its ETag, again only where it has changed, and on a connection of its own', async () => {
  await put('version: 1 # für alle');
  const first = await read();
  expect(first).toEqual({ text: 'version: 1 # für alle', etag: expect.stringMatching(/^"\w+"$/) });
  const { etag } = first as { etag: string };
  expect(await read(etag)).toBe('unchanged');
  await put('version: 2');
  expect(await read(etag)).toMatchObject({ text: 'version: 2' });
  const connections = s3.requests.filter(({ method }) => method === 'GET').map(({ headers }) => headers.connection);
  expect(connections).toEqual(['close', 'close', 'close']);
});

test.each<[string, () => unknown, object]>([
  ['is not there', () => {}, { cause: expect.stringContaining('NoSuchKey'), passes: false, wrong: false }],
  ['is forbidden', () => s3.behave({ status: 403, code: 'AccessDenied' }), { passes: false, wrong: false }],
  ['is in a bucket that is gone', () => s3.behave({ status: 404, code: 'NoSuchBucket' }), { passes: false }],
  ['is out of reach', () => s3.behave({ status: 503, code: 'SlowDown' }), { passes: true }],
  ['breaks off', () => s3.behave('breaks the connection'), { passes: true }],
  ['is no text', () => put(Buffer.from([0xff])), { wrong: true, passes: false }],
  ['is too long', () => put('x'.repeat(256 * 1024 + 1)), { wrong: true, passes: false }],
])('an object that %s is no policy, and that is told with a remedy', async (_, prepare, expected) => {
  await prepare();
  expect(await failure(read())).toMatchObject({ remedy: expect.any(String), ...expected });
});

test('an answer that never comes ends with the signal', async () => {
  s3.behave('hangs');
  expect(await failure(read(undefined, within(50)))).toMatchObject({ passes: true });
});

test('a body that never ends ends with the signal', async () => {
  const server = http.createServer((_, response) => void response.writeHead(200, { etag: '"e"' }).write('version:'));
  const { address } = stack.use(await listenOnLoopback(server));
  vi.stubEnv('AWS_ENDPOINT_URL_S3', `http://${address}`);
  expect(await failure(read(undefined, within(200)))).toMatchObject({ passes: true });
});
