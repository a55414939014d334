import fs from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Answers } from '../harness/extensions-api.ts';
import { startExtension } from './fixtures/extension-process.ts';

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

const start = (env?: Record<string, string>, answers?: Answers) => startExtension(stack, env, answers);
/** So long that a test would fail before: nothing waits for a time that is up. */
const FOREVER = { CAPTURE_FLUSH_BUDGET_MS: '600000' };
const TELEMETRY: Answers = { 'PUT /telemetry': [200, {}] };
const done = (requestId: string) => [{ type: 'platform.runtimeDone', record: { requestId, status: 'success' } }];

describe('the end of an invocation', () => {
  test('telemetry is asked for while the environment starts, and of it only what is needed', async () => {
    const { lambda } = await start({}, TELEMETRY);
    await lambda.asked(1);
    expect(lambda.routes).toEqual(['POST /register', 'PUT /telemetry', 'GET /event/next']);
    expect(JSON.parse(lambda.requests[0]!.body)).toEqual({ events: ['INVOKE', 'SHUTDOWN'] });
    expect(lambda.requests[1]!.headers['lambda-extension-identifier']).toBe('an-identifier');
    expect(JSON.parse(lambda.requests[1]!.body)).toEqual({
      schemaVersion: '2025-01-29',
      types: ['platform'],
      destination: { protocol: 'HTTP', URI: expect.stringMatching(/^http:\/\/sandbox\.localdomain:\d+$/) },
      buffering: { maxItems: 1000, maxBytes: 262_144, timeoutMs: 25 },
    });
  });

  test('is what telemetry says, for a function that leaves no record', async () => {
    const { lambda } = await start(FOREVER, TELEMETRY);
    await lambda.asked(1);
    lambda.invoke('a');
    await lambda.telemetry([{ type: 'platform.start', record: { requestId: 'a' } }]);
    expect(lambda.routes.filter((route) => route === 'GET /event/next')).toHaveLength(1);
    await lambda.telemetry(done('a'));
    await lambda.asked(2);
  });

  test('is the record, if that comes first: it is delivered before the next event is asked for', async () => {
    const { lambda, s3, post } = await start(FOREVER, TELEMETRY);
    await lambda.asked(1);
    lambda.invoke('a');
    expect(await post('a')).toBe(202);
    await lambda.asked(2);
    expect([...s3.objects.values()].join()).toContain('event of a');
  });

  test.each<[string, Answers]>([
    ['does not know telemetry', { 'PUT /telemetry': [202, { errorType: 'Telemetry.NotSupported' }] }],
    ['has no such path', { 'PUT /telemetry': [404, {}] }],
    ['refuses', { 'PUT /telemetry': [403, { errorType: 'Telemetry.SubscriptionClosed' }] }],
    ['does not answer', { 'PUT /telemetry': undefined }],
  ])('is the record where Lambda %s', async (_, answers) => {
    const { lambda, s3, post } = await start(FOREVER, answers);
    await lambda.asked(1);
    lambda.invoke('a');
    await post('a');
    await lambda.asked(2);
    expect(s3.objects.size).toBe(1);
  });

  test('is the deadline where nothing tells of it', async () => {
    const { lambda } = await start(FOREVER);
    await lambda.asked(1);
    lambda.invoke('a', 500);
    await lambda.asked(2);
  });
});

describe('where something is wrong from the start', () => {
  const taken = async () => {
    const server = stack.adopt(net.createServer().listen(0, '127.0.0.1'), (one) => void one.close());
    await new Promise((resolve) => server.once('listening', resolve));
    return { CAPTURE_PORT: String((server.address() as AddressInfo).port) };
  };
  const faults: [string, () => Promise<Record<string, string>>, RegExp, string][] = [
    ['a wrong configuration', async () => ({ CAPTURE_BATCH_BYTES: '4MB' }), /CAPTURE_BATCH_BYTES/, 'ConfigInvalid'],
    [
      'a destination in the spool',
      async () => ({ CAPTURE_SPOOL_DIR: '/tmp/spool', CAPTURE_DESTINATION: 'file:///tmp/spool/objects' }),
      /not in CAPTURE_SPOOL_DIR/,
      'ConfigInvalid',
    ],
    ['a port that is taken', taken, /EADDRINUSE/, 'PortTaken'],
    ['a spool without a folder', async () => ({ CAPTURE_SPOOL_DIR: '/dev/null/x' }), /ENOTDIR/, 'SpoolUnusable'],
  ];

  test.each(faults)('the function goes on: %s', async (_, env, cause) => {
    const { lambda, lines, exited } = await start(await env());
    await lambda.asked(1);
    expect(lines()).toContainEqual(expect.objectContaining({ level: 'ERROR', cause: expect.stringMatching(cause) }));
    lambda.invoke('a', 500);
    await lambda.asked(2);
    lambda.shutdown();
    expect(await exited).toBe(0);
  });

  test.each(faults)('with CAPTURE_FAIL_CLOSED the function does not start: %s', async (_, env, cause, type) => {
    const { lambda, exited } = await start({ ...(await env()), CAPTURE_FAIL_CLOSED: '1' });
    expect(await exited).toBe(1);
    const told = lambda.requests.at(-1)!;
    expect(told.route).toBe('POST /init/error');
    expect(told.headers['lambda-extension-function-error-type']).toBe(`Extension.${type}`);
    expect(JSON.parse(told.body)).toMatchObject({ errorMessage: expect.stringMatching(cause) });
    expect(lambda.routes).not.toContain('GET /event/next');
  });

  const REFUSED: Answers = { 'POST /register': [403, { errorType: 'Extension.TooManyExtensions' }] };

  test('an extension that Lambda refuses takes records, delivers them on a timer, and ends with its process', async () => {
    const { s3, logged, post, child, exited } = await start({ CAPTURE_BATCH_AGE_MS: '3600000' }, REFUSED);
    expect(await logged(/Lambda refused the registration/)).toMatchObject({
      cause: expect.stringContaining('TooManyExtensions'),
    });
    while ((await post('a').catch(() => 0)) !== 202);
    expect(s3.objects.size).toBe(0);
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    expect(s3.objects.size).toBe(1);
  });

  test('with CAPTURE_FAIL_CLOSED an extension that Lambda refuses ends', async () => {
    const { exited } = await start({ CAPTURE_FAIL_CLOSED: 'true' }, REFUSED);
    expect(await exited).toBe(1);
  });
});

test('on Managed Instances there are no invocations to wait for: batches are delivered as they grow old', async () => {
  const env = { AWS_LAMBDA_INITIALIZATION_TYPE: 'lambda-managed-instances', CAPTURE_BATCH_AGE_MS: '1' };
  const { lambda, s3, post, exited } = await start(env);
  await lambda.asked(1);
  expect(lambda.routes).toEqual(['POST /register', 'GET /event/next']);
  expect(JSON.parse(lambda.requests[0]!.body)).toEqual({ events: ['SHUTDOWN'] });
  await Promise.all(['a', 'b', 'c'].map((requestId) => post(requestId)));
  while (s3.requests.length === 0) await post('a');
  lambda.shutdown();
  expect(await exited).toBe(0);
  const records = [...s3.objects.values()].join('').match(/event of \w/g)!;
  expect(records.sort()).toEqual(['event of a', 'event of b', 'event of c']);
});

test('with SnapStart a record from before the snapshot gets its key after it', async () => {
  const { lambda, s3, spool, post } = await start({ AWS_LAMBDA_INITIALIZATION_TYPE: 'snap-start' });
  await lambda.asked(1);
  await post('init');
  const [inSnapshot] = fs.readdirSync(spool, { recursive: true }).filter((file) => String(file).endsWith('.open'));
  lambda.invoke('a');
  await post('a');
  await lambda.asked(2);
  const keys = [...s3.objects.keys()].map((key) => key.replace('/bucket/', ''));
  expect(keys.length).toBeGreaterThan(0);
  expect(keys).not.toContain(String(inSnapshot).replace('.open', ''));
  expect([...s3.objects.values()].join('').match(/event of \w+/g)).toEqual(['event of init', 'event of a']);
});

describe('the level of the log', () => {
  test('leaves out neither an error, nor the metrics, nor the last line', async () => {
    const { lambda, logged, lines, exited, post } = await start({
      CAPTURE_LOG_LEVEL: 'error',
      CAPTURE_SPOOLDIR: '/tmp',
    });
    await lambda.asked(1);
    await post('a');
    lambda.shutdown();
    expect(await exited).toBe(0);
    expect(await logged(/^shut down; all records are delivered$/)).toMatchObject({ level: 'INFO', delivered: 1 });
    expect(lines().map(({ level, delivered }) => [level, delivered])).toEqual([
      [undefined, 1],
      ['INFO', 1],
    ]);
  });

  test('that is wrong is a wrong configuration, which is told of', async () => {
    const { lambda, logged } = await start({ CAPTURE_LOG_LEVEL: 'none' });
    await lambda.asked(1);
    expect(await logged(/^wrong configuration/)).toMatchObject({
      level: 'ERROR',
      cause: expect.stringMatching(/^CAPTURE_LOG_LEVEL: expected one of .*, got "none"$/),
    });
  });

  test('debug tells of each object', async () => {
    const { lambda, logged, exited, post } = await start({ CAPTURE_LOG_LEVEL: 'DEBUG' });
    await lambda.asked(1);
    await post('a');
    lambda.shutdown();
    expect(await exited).toBe(0);
    expect(await logged(/^an object is delivered$/)).toMatchObject({ records: 1, key: expect.any(String) });
  });
});
