import fs from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXAMPLE_RECORD } from '../../capture/fixtures/example-record.ts';
import type { Stats } from '../../capture/wire.ts';
import { listenOnLoopback } from '../../harness/loopback.ts';
import type { FaultyS3 } from '../../harness/s3.ts';
import { type Running, startExtension } from '../fixtures/extension-process.ts';

const CANARY = 'canary-4711-of-nobody-else';
const REDACTING = JSON.stringify({ version: 1, redaction: [{ name: 'canary', pattern: CANARY }] });
const WRONG = '{"version": 1, "redactions": []}';
/** Nothing is delivered before the end. */
const AT_END = { CAPTURE_FLUSH_STRATEGY: 'at-shutdown' };
const IN_S3 = { CAPTURE_POLICY_S3: 's3://bucket/policy.json', ...AT_END };

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

const upload = (s3: FaultyS3, text: string) => fetch(`${s3.url}/bucket/policy.json`, { method: 'PUT', body: text });
const start = (env: Record<string, string>, prepare?: (s3: FaultyS3) => Promise<unknown>) =>
  startExtension(stack, env, {}, prepare);
const statsOf = async ({ port }: Running) => (await (await fetch(`http://127.0.0.1:${port}/v1/stats`)).json()) as Stats;
async function end({ lambda, exited }: Running): Promise<void> {
  await lambda.asked();
  lambda.shutdown();
  expect(await exited).toBe(0);
}
/** All that S3 got from the extension. */
const stored = ({ s3 }: Running) =>
  [...s3.objects].flatMap(([name, text]) => (name.endsWith('.jsonl') ? [text] : [])).join('');
async function post({ port }: Running, eventId: string, data = CANARY) {
  const record = { ...EXAMPLE_RECORD, eventId, input: { ...EXAMPLE_RECORD.input, data } };
  const response = await fetch(`http://127.0.0.1:${port}/v1/records`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify(record),
  });
  return { status: response.status, text: await response.text() };
}

describe('a policy that is on this machine', () => {
  const file = () => {
    const folder = stack.adopt(fs.mkdtempSync(path.join(tmpdir(), 'policy-')), (dir) =>
      fs.rmSync(dir, { recursive: true }),
    );
    fs.writeFileSync(path.join(folder, 'policy.json'), REDACTING);
    return path.join(folder, 'policy.json');
  };
  test.each([
    ['inline', () => ({ CAPTURE_POLICY: REDACTING })],
    ['in a file', () => ({ CAPTURE_POLICY_FILE: file() })],
  ])('is in force before the first event is asked for: %s', async (_, env) => {
    const running = await start({ ...env(), ...AT_END });
    await running.lambda.asked(1);
    expect(await statsOf(running)).toMatchObject({ policy: { state: 'ready', id: expect.stringMatching(/^\w{16}$/) } });
    expect(await post(running, 'a')).toMatchObject({ status: 202 });
    await end(running);
    const line = JSON.parse(stored(running));
    expect(line.captureData.endpointInput.data).toBe('[canary]');
    const { id } = (running.lines().at(-1)!['policy'] ?? {}) as { id: string };
    expect(line.inferenceCapture).toMatchObject({ policy: id, redacted: { canary: 1 } });
    expect(running.lines()).toContainEqual(
      expect.objectContaining({
        level: 'INFO',
        source: 'inference-capture', // by which the lines of the extension are found
        message: 'the policy is in force',
        policy: id,
        redactionRules: 1,
      }),
    );
    const texts = running.lines().filter(({ message }) => message);
    expect(new Set(texts.map(({ source }) => source))).toEqual(new Set(['inference-capture']));
    const [metrics] = running.lines().filter(({ _aws }) => _aws);
    expect(metrics).toMatchObject({ redactedSinceStart: { canary: 1 } });
  });

  test('and leaves records out: the last line says so', async () => {
    const running = await start({ CAPTURE_POLICY: '{"version": 1, "sampling": {"rate": 0}}' });
    await running.lambda.asked(1);
    expect(await post(running, 'a')).toMatchObject({ status: 202 });
    await end(running);
    expect(running.s3.objects.size).toBe(0);
    expect(running.lines().at(-1)).toMatchObject({
      level: 'INFO',
      message: 'shut down; all records that the policy keeps are delivered',
      leftOut: { NOT_SAMPLED: 1 },
    });
  });
});

test('a policy whose key is in Secrets Manager waits for it, beside the start, and hashes with it', async () => {
  const answer = JSON.stringify({ SecretString: '0123456789abcdef' });
  const server = http.createServer((request, response) => void request.resume().on('end', () => response.end(answer)));
  const { address } = stack.use(await listenOnLoopback(server));
  const hashing = {
    version: 1,
    key: { secret: 'capture-key' },
    redaction: [{ name: 'c', pattern: CANARY, action: 'hash' }],
  };
  const running = await start({
    CAPTURE_POLICY: JSON.stringify(hashing),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://${address}`,
    ...AT_END,
  });
  await running.logged(/^the policy is in force$/);
  expect(await post(running, 'a')).toMatchObject({ status: 202 });
  await end(running);
  expect(JSON.parse(stored(running)).captureData.endpointInput.data).toMatch(/^\[c:[\w-]+\]$/);
});

describe('a policy that is wrong', () => {
  const wrong: [string, Record<string, string>][] = [
    ['with a key that is unknown', { CAPTURE_POLICY: WRONG }],
    ['that is no document', { CAPTURE_POLICY: '{' }],
    ['that is empty', { CAPTURE_POLICY: '' }],
    ['in a file that is not there', { CAPTURE_POLICY_FILE: '/nowhere/policy.json' }],
    ['in what is no file', { CAPTURE_POLICY_FILE: '/dev/zero' }],
    [
      'without its key',
      {
        CAPTURE_POLICY:
          '{"version":1,"key":{"variable":"NONE"},"redaction":[{"name":"a","pattern":"a","action":"hash"}]}',
      },
    ],
  ];
  test.each(wrong)('%s: nothing is stored, the function goes on, and that is said once', async (_, env) => {
    const running = await start(env);
    await running.lambda.asked(1);
    for (const id of ['a', 'b', 'a']) {
      const { status, text } = await post(running, id);
      expect([status, JSON.parse(text).error.code]).toEqual([503, 'POLICY_UNAVAILABLE']);
    }
    expect(await statsOf(running)).toMatchObject({
      received: 3,
      dropped: { POLICY_UNAVAILABLE: 2, DUPLICATE: 1 },
      policy: { state: 'failed', cause: expect.any(String) },
    });
    await end(running);
    expect(running.s3.objects.size).toBe(0);
    const told = running.lines().filter(({ message }) => /^there is no policy: no record is stored/.test(`${message}`));
    expect(told).toMatchObject([{ level: 'ERROR', cause: expect.any(String), remedy: expect.any(String) }]);
  });

  test('stores the metadata alone where CAPTURE_POLICY_ON_ERROR says so', async () => {
    const running = await start({ CAPTURE_POLICY: WRONG, CAPTURE_POLICY_ON_ERROR: 'metadata' });
    await running.lambda.asked(1);
    expect(await post(running, 'a')).toMatchObject({ status: 202 });
    await end(running);
    const { captureData, inferenceCapture } = JSON.parse(stored(running));
    expect(captureData).toEqual({});
    expect(inferenceCapture.withheld).toEqual({ input: 'POLICY_ERROR', output: 'POLICY_ERROR' });
  });

  test.each(wrong)('with CAPTURE_FAIL_CLOSED the function does not start: %s', async (_, env) => {
    const { lambda, exited } = await start({ ...env, CAPTURE_FAIL_CLOSED: '1' });
    expect(await exited).toBe(1);
    const told = lambda.requests.at(-1)!;
    expect(told.route).toBe('POST /init/error');
    expect(told.headers['lambda-extension-function-error-type']).toBe('Extension.PolicyUnusable');
    expect(lambda.routes).not.toContain('GET /event/next');
  });

  test('a variable that may be meant for a policy is never overlooked', async () => {
    const running = await start({ CAPTURE_POLICYFILE: '/var/task/policy.json' });
    await running.lambda.asked(1);
    expect(JSON.parse((await post(running, 'a')).text).error.code).toBe('NOT_CONFIGURED');
    await end(running);
  });
});

describe('a policy in S3', () => {
  test('is loaded after the extension has asked for its first event, and a record waits for it', async () => {
    const running = await start(IN_S3, async (s3) => {
      await upload(s3, REDACTING);
    });
    await running.lambda.asked(1);
    await running.logged(/^the policy is in force$/);
    expect(await post(running, 'a')).toMatchObject({ status: 202 });
    await end(running);
    expect(stored(running)).toContain('[canary]');
    expect(stored(running)).not.toContain(CANARY);
  });

  test('that does not come is not waited for longer than a moment, once; then nothing is stored', async () => {
    const running = await start(IN_S3, async (s3) => s3.behave('hangs'));
    await running.lambda.asked(1);
    const posts = await Promise.all(['a', 'b', 'c'].map((id) => post(running, id)));
    expect(posts.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect((await statsOf(running)).dropped.POLICY_UNAVAILABLE).toBe(3);
    running.s3.behave('stores');
    await end(running);
    expect(running.s3.objects.size).toBe(0);
  });

  test('is there at once in an extension that is started anew, and is asked about with its ETag', async () => {
    const first = await start(IN_S3, (s3) => upload(s3, REDACTING));
    await first.logged(/^the policy is in force$/);
    first.child.kill('SIGKILL');
    await first.exited;
    first.s3.behave('stores');
    const { spool, s3 } = first;
    const second = await start({ ...IN_S3, CAPTURE_SPOOL_DIR: spool, AWS_ENDPOINT_URL_S3: s3.url });
    await second.lambda.asked(1);
    expect(await statsOf(second)).toMatchObject({ policy: { state: 'ready' } });
    expect(await post(second, 'a')).toMatchObject({ status: 202 });
    const asked = () => s3.requests.filter(({ method }) => method === 'GET');
    while (asked().length < 2) await statsOf(second);
    expect(asked().map(({ headers }) => headers['if-none-match'])).toEqual([
      undefined,
      expect.stringMatching(/^"\w+"$/),
    ]);
    await end(second);
  });

  test('on Managed Instances it is loaded too, and again when it has changed', async () => {
    const running = await start(
      { ...IN_S3, AWS_LAMBDA_INITIALIZATION_TYPE: 'lambda-managed-instances', CAPTURE_POLICY_REFRESH_MS: '1' },
      (s3) => upload(s3, REDACTING),
    );
    await running.logged(/^the policy is in force$/);
    const before = (await statsOf(running)).policy;
    await upload(running.s3, `${REDACTING} `);
    while (running.lines().filter(({ message }) => message === 'the policy is in force').length < 2)
      await statsOf(running);
    const after = (await statsOf(running)).policy;
    expect([before?.state, after?.state]).toEqual(['ready', 'ready']);
    expect(before).not.toEqual(after);
    await end(running);
  });
});
