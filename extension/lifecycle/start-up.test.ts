import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Answers } from '../../harness/extensions-api.ts';
import { type Running, startExtension } from '../fixtures/extension-process.ts';

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

/** An extension that has asked for its first event. `undefined`: the variable is not there. */
async function start(env: Record<string, string | undefined>): Promise<Running> {
  const running = await startExtension(stack, env as Record<string, string>);
  await running.lambda.asked(1);
  return running;
}
const levels = ({ lines }: Running) => lines().map(({ level }) => level);
const metrics = ({ lines }: Running) => lines().filter(({ _aws }) => _aws !== undefined);
async function end({ lambda, exited }: Running): Promise<void> {
  lambda.shutdown();
  expect(await exited).toBe(0);
}

describe('a safeguard that is set and cannot be understood is on', () => {
  test.each(['TRUE', 'yes', 'On', 'ture', '2', ' true '])('CAPTURE_FAIL_CLOSED=%s closes', async (text) => {
    const env = { CAPTURE_FAIL_CLOSED: text, CAPTURE_DESTINATION: 's3:/typo' };
    const { lambda, exited } = await startExtension(stack, env);
    expect(await exited).toBe(1);
    expect(lambda.routes).toEqual(['POST /register', 'POST /init/error']);
  });

  test.each(['0', 'FALSE', 'no', 'Off', ''])('CAPTURE_FAIL_CLOSED=%s does not', async (text) => {
    await end(await start({ CAPTURE_FAIL_CLOSED: text, CAPTURE_DESTINATION: 's3:/typo' }));
  });

  test('and that is said, with the name of the variable', async () => {
    const running = await start({ CAPTURE_FAIL_CLOSED: 'ture' });
    await end(running);
    expect(running.lines()).toContainEqual(
      expect.objectContaining({ level: 'WARN', variable: 'CAPTURE_FAIL_CLOSED', got: 'ture' }),
    );
  });
});

describe('capture that is switched off', () => {
  test.each(['true', '1', 'Yes', 'perhaps'])(
    'nothing is an error, and nothing is asked for but the end: CAPTURE_DISABLED=%s',
    async (text) => {
      const running = await start({ CAPTURE_DISABLED: text, CAPTURE_DESTINATION: undefined });
      const { lambda, lines, post } = running;
      expect(JSON.parse(lambda.requests[0]!.body)).toEqual({ events: ['SHUTDOWN'] });
      await expect(post('a')).rejects.toThrow();
      await end(running);
      expect(levels(running)).not.toContain('ERROR');
      expect(lines().filter(({ level }) => level === 'INFO')).toEqual([
        expect.objectContaining({ message: expect.stringMatching(/^CAPTURE_DISABLED/) }),
      ]);
      expect(metrics(running)).toMatchObject([{ received: 0, dropped: 0 }]);
    },
  );

  test('a function that must not answer without a record does not start with it', async () => {
    const { lambda, exited } = await startExtension(stack, { CAPTURE_DISABLED: 'yes', CAPTURE_FAIL_CLOSED: 'on' });
    expect(await exited).toBe(1);
    expect(JSON.parse(lambda.requests.at(-1)!.body)).toMatchObject({
      errorMessage: 'CAPTURE_DISABLED: expected no, because CAPTURE_FAIL_CLOSED is "on", got "yes"',
    });
  });
});

describe('what is wrong is said so that a person can mend it', () => {
  test('a variable that is not there is said to be missing, and all that is wrong is said at once', async () => {
    const running = await start({ CAPTURE_DESTINATION: undefined, CAPTURE_BATCH_BYTES: '4MB' });
    await end(running);
    expect(running.lines()).toContainEqual({
      level: 'ERROR',
      source: 'inference-capture',
      timestamp: expect.any(String),
      message: 'wrong configuration: no record is captured',
      cause:
        'CAPTURE_DESTINATION: expected s3://bucket/prefix or file:///folder, got nothing; ' +
        'CAPTURE_BATCH_BYTES: expected a whole number from 1 to 9007199254740991, got "4MB"',
    });
  });

  test('a name that nobody reads is said, with the nearest that somebody does', async () => {
    const running = await start({ CAPTURE_FAILCLOSED: '1' });
    await end(running);
    expect(running.lines()).toContainEqual(
      expect.objectContaining({ level: 'WARN', variable: 'CAPTURE_FAILCLOSED', nearest: 'CAPTURE_FAIL_CLOSED' }),
    );
  });
});

describe('whatever is wrong, what is lost is a metric', () => {
  test.each<[string, Record<string, string>, string]>([
    ['a wrong destination', { CAPTURE_DESTINATION: 's3:/typo' }, 'NOT_CONFIGURED'],
    ['a spool without a folder', { CAPTURE_SPOOL_DIR: '/dev/null/x' }, 'SPOOL_UNWRITABLE'],
    ['a spool that is too small', { CAPTURE_SPOOL_BYTES: '1' }, 'SPOOL_FULL'],
  ])('%s: at once, and all of it by the end', async (_, env, reason) => {
    const running = await start({ ...env, CAPTURE_FLUSH_BUDGET_MS: '0' });
    const { lambda, post, child } = running;
    lambda.invoke('a');
    for (const id of ['a', 'b', 'c']) expect(await post(id)).toBe(503);
    while (metrics(running).length === 0) await once(child, 'output');
    expect(metrics(running)[0]).toMatchObject({ FunctionName: 'QuestionAnswering', dropped: 1 });
    await lambda.asked(2);
    await end(running);
    const lines = metrics(running);
    expect(lines).toHaveLength(2);
    expect(Number(lines[0]!['dropped']) + Number(lines[1]!['dropped'])).toBe(3);
    expect(lines[1]).toMatchObject({ droppedSinceStart: { [reason]: 3 } });
  });

  test('a port that is taken: there is a line at the end', async () => {
    const taken = stack.adopt(net.createServer().listen(0, '127.0.0.1'), (server) => void server.close());
    await once(taken, 'listening');
    const running = await start({ CAPTURE_PORT: String((taken.address() as AddressInfo).port) });
    await end(running);
    expect(metrics(running)).toMatchObject([{ received: 0, dropped: 0, pending: 0 }]);
  });

  test('a registration that Lambda refuses: at once', async () => {
    const refused: Answers = { 'POST /register': [403, { errorType: 'Extension.TooManyExtensions' }] };
    const running = await startExtension(stack, { CAPTURE_SPOOL_BYTES: '1' }, refused);
    while ((await running.post('a').catch(() => 0)) !== 503);
    while (metrics(running).length === 0) await once(running.child, 'output');
    expect(metrics(running)).toMatchObject([{ dropped: 1, droppedSinceStart: { SPOOL_FULL: 1 } }]);
  });
});
