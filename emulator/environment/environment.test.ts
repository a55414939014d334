import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { processState, stage, until } from '../fixtures/environment.ts';

const count = (lines: readonly string[], text: string) => lines.filter((line) => line.includes(text)).length;

describe.concurrent('init', () => {
  test('the runtime starts when every extension has registered', async () => {
    await using play = await stage({ extensions: ['timely', 'shutdown-only'] });
    expect(play.log.indexOf('runtime started')).toBeGreaterThan(play.log.indexOf('timely registered'));
    expect(play.log.indexOf('runtime started')).toBeGreaterThan(play.log.indexOf('shutdown-only registered'));
    expect(play.log).toContain('EXTENSION\tName: timely\tState: Ready\tEvents: [INVOKE, SHUTDOWN]');
    expect(play.log).toContain('EXTENSION\tName: shutdown-only\tState: Ready\tEvents: [SHUTDOWN]');
  });

  test('an extension that never registers ends it in time, and the runtime never starts', async () => {
    await using play = await stage({ extensions: ['never-registers'], initTimeoutMs: 300 });
    expect(play.log.join('\n')).toMatch(/INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: init\tStatus: timeout/);
    expect(play.log).not.toContain('runtime started');
    expect(processState(Number(play.note('never-registers', 'pid')))).toBeUndefined();
  });

  test.each([
    ['crashes-in-init', 'Extension.Crash'],
    ['fails-in-init', 'Extension.NoConfiguration'],
  ])('an extension that %s is a failure of every invocation, which tries again', async (name, errorType) => {
    await using play = await stage({ extensions: [name, 'timely'] });
    expect(count(play.log, `Status: error\tError Type: ${errorType}`)).toBe(1);
    const { status, headers, body } = await play.invoke({});
    expect([status, headers.get('x-amz-function-error'), body.errorType]).toEqual([200, 'Unhandled', errorType]);
    expect(count(play.log, 'INIT_START')).toBe(2);
  });

  test.each([
    ['throws-at-import', { errorType: 'RangeError', errorMessage: 'thrown at import' }],
    ['without-handler', { errorType: 'Runtime.HandlerNotFound' }],
    ['exits-at-import', { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('exit status 7') }],
  ])('a handler that %s is told to the caller', async (handler, error) => {
    await using play = await stage({ handler });
    expect((await play.invoke({})).body).toMatchObject(error);
  });

  test('a handler that is never ready ends in time', async () => {
    await using play = await stage({ handler: 'never-ready', initTimeoutMs: 200, timeoutMs: 1000 });
    expect(count(play.log, 'Status: timeout')).toBe(1);
    expect((await play.invoke({})).body).toMatchObject({ errorType: 'Sandbox.Timedout' });
  });
});

describe.concurrent('an invocation', () => {
  test('gets the variables of Lambda, of the template and of the user, in this order', async () => {
    await using play = await stage({ extensions: ['timely'], env: { OVERLAID: 'user' } });
    const { body } = await play.invoke({ behaviour: 'describe' });
    expect(body.variables).toMatchObject({
      AWS_LAMBDA_FUNCTION_NAME: 'Orders',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      _HANDLER: 'index.handler',
      FROM_TEMPLATE: 'template',
      OVERLAID: 'user',
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${play.emulator.ports.s3}`,
      AGENT_PORT: String(play.emulator.environmentPorts['Agent']),
      AGENT_FOLDER: path.join(play.local, 'environment/tmp/agent'),
      _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-/),
    });
    const ofExtension = JSON.parse(play.note('timely', 'variables'));
    expect(ofExtension).toMatchObject({ OVERLAID: 'user', AWS_LAMBDA_FUNCTION_NAME: 'Orders' });
    for (const name of ['_HANDLER', 'LAMBDA_TASK_ROOT', 'AWS_EXECUTION_ENV', 'AWS_LAMBDA_LOG_GROUP_NAME']) {
      expect(ofExtension).not.toHaveProperty(name);
    }
    expect(body).toMatchObject({
      functionName: 'Orders',
      functionVersion: '$LATEST',
      memoryLimitInMB: '512',
    });
    expect(body.remainingMs).toBeGreaterThan(4000);
    expect(body.remainingMs).toBeLessThanOrEqual(5000);
  });

  test('is logged as CloudWatch shows it, with the init on the first only', async () => {
    await using play = await stage();
    await play.invoke({});
    await play.invoke({});
    await until(() => count(play.log, 'REPORT RequestId') === 2, 'two reports');
    const [first, second] = play.log.filter((line) => line.startsWith('REPORT'));
    expect(first).toMatch(
      /^REPORT RequestId: [\w-]{36}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 512 MB(\tMax Memory Used: \d+ MB)?\tInit Duration: \d+\.\d\d ms$/,
    );
    expect(second).not.toContain('Init Duration');
    expect(count(play.log, 'START RequestId')).toBe(2);
    expect(count(play.log, 'END RequestId')).toBe(2);
  });

  test('has its own lines before END, and in the tail of the log', async () => {
    await using play = await stage();
    const { headers } = await play.invoke({ behaviour: 'log', value: 'one\ntwo' }, { 'x-amz-log-type': 'Tail' });
    const tail = Buffer.from(headers.get('x-amz-log-result') ?? '', 'base64').toString();
    expect(tail).toMatch(/^START .*\none\ntwo\nEND .*\nREPORT .*\n$/);
  });

  test('is answered before the extensions have finished, and ends when they have', async () => {
    await using play = await stage({ extensions: ['busy-until-go'] });
    expect((await play.invoke({ behaviour: 'value', value: 1 })).body).toBe(1);
    expect(count(play.log, 'REPORT')).toBe(0);
    play.give('busy-until-go', 'go');
    await until(() => count(play.log, 'REPORT') === 1, 'the report');
  });

  test('waits for its turn, one at a time', async () => {
    await using play = await stage();
    const results = await Promise.all(
      Array.from({ length: 5 }, (_, i) => play.invoke({ behaviour: 'value', value: i })),
    );
    expect(results.map(({ body }) => body)).toEqual([0, 1, 2, 3, 4]);
    const kinds = play.log.filter((line) => /^(START|END) /.test(line)).map((line) => line.split(' ')[0]);
    expect(kinds.slice(0, 8)).toEqual(['START', 'END', 'START', 'END', 'START', 'END', 'START', 'END']);
  });

  test.skipIf(!existsSync('/proc/self/stat'))(
    'is followed by a freeze, and the next one by a thaw (needs /proc)',
    async () => {
      await using play = await stage({ extensions: ['timely'] });
      const runtime = (await play.invoke({ behaviour: 'describe' })).body.pid;
      const extension = Number(play.note('timely', 'pid'));
      for (const pid of [runtime, extension]) await until(() => processState(pid) === 'T', 'a stopped process');
      const thawed = play.invoke({ behaviour: 'hang' });
      for (const pid of [runtime, extension]) await until(() => processState(pid) !== 'T', 'a running process');
      process.kill(runtime, 'SIGKILL');
      await thawed;
    },
  );
});
