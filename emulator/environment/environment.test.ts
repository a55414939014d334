import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { processState, stage, until } from '../fixtures/environment.ts';
import { systemClock } from './clock.ts';
import { Environment, EnvironmentClosed, TooManyRequests } from './environment.ts';

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
      AWS_LAMBDA_FUNCTION_NAME: 'QuestionAnswering',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      _HANDLER: 'index.handler',
      FROM_TEMPLATE: 'template',
      OVERLAID: 'user',
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${play.emulator.ports.s3}`,
      CAPTURE_PORT: String(play.emulator.ports.capture),
      CAPTURE_SPOOL_DIR: path.join(play.local, 'environment/tmp/inference-capture'),
      _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-/),
    });
    const ofExtension = JSON.parse(play.note('timely', 'variables'));
    expect(ofExtension).toMatchObject({ OVERLAID: 'user', AWS_LAMBDA_FUNCTION_NAME: 'QuestionAnswering' });
    for (const name of ['_HANDLER', 'LAMBDA_TASK_ROOT', 'AWS_EXECUTION_ENV', 'AWS_LAMBDA_LOG_GROUP_NAME']) {
      expect(ofExtension).not.toHaveProperty(name);
    }
    expect(body).toMatchObject({
      functionName: 'QuestionAnswering',
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

test('more invocations than may wait are refused at once, and room comes back', async () => {
  const environment = new Environment({
    identity: { functionName: 'f', functionVersion: '$LATEST', handler: 'index.handler', accountId: '1' },
    functionArn: 'arn',
    memoryMb: 128,
    timeoutMs: 1000,
    maxWaiting: 2,
    extensions: [],
    runtimeProgram: () => ({ command: process.execPath, args: ['-e', 'process.exit(3)'], folder: '/', variables: {} }),
    extensionProgram: () => ({ command: '', args: [], folder: '/', variables: {} }),
    log: () => {},
    clock: systemClock,
  });
  const payload = Buffer.from('{}');
  const accepted = [environment.invoke({ payload }), environment.invoke({ payload })];
  expect(() => environment.invoke({ payload })).toThrow(TooManyRequests);
  await Promise.all(accepted.map(({ finished }) => finished));
  expect((await environment.invoke({ payload }).answered).functionError).toBe('Unhandled');
  await environment.close();
  expect(() => environment.invoke({ payload })).toThrow(EnvironmentClosed);
});

describe.concurrent('a fault', () => {
  const faults: [behaviour: object, error: object][] = [
    [{ behaviour: 'throw' }, { errorType: 'TypeError', errorMessage: 'thrown by the handler' }],
    [
      { behaviour: 'exit', value: 3 },
      {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(/^RequestId: [\w-]{36} Error: Runtime exited with error: exit status 3$/),
      },
    ],
    [
      { behaviour: 'exit', value: 0 },
      { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('without providing a reason') },
    ],
    [{ behaviour: 'reject' }, { errorType: 'Runtime.UnhandledPromiseRejection' }],
    [{ behaviour: 'large', value: 6_300_000 }, { errorType: 'Function.ResponseSizeTooLarge' }],
  ];
  test.each(faults)(
    'of the function, %j, is told to the caller, and the next invocation works',
    async (event, error) => {
      await using play = await stage({ extensions: ['timely'] });
      const { status, headers, body } = await play.invoke(event);
      expect([status, headers.get('x-amz-function-error')]).toEqual([200, 'Unhandled']);
      expect(body).toMatchObject(error);
      expect((await play.invoke({ behaviour: 'value', value: 'again' })).body).toBe('again');
    },
  );

  test.each(['loop', 'hang'])(
    'a function that does not answer (%s) times out; the extension hears of it',
    async (behaviour) => {
      await using play = await stage({ extensions: ['timely'], timeoutMs: 2000 });
      const { headers, body } = await play.invoke({ behaviour });
      expect(headers.get('x-amz-function-error')).toBe('Unhandled');
      expect(body).toMatchObject({
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringMatching(/Task timed out after 2\.00 seconds$/),
      });
      await until(() => play.note('timely', 'log').includes('SHUTDOWN timeout'), 'SHUTDOWN');
      expect((await play.invoke({ behaviour: 'value', value: 'again' })).body).toBe('again');
      expect(count(play.log, 'Status: timeout')).toBe(1);
    },
  );

  test('an extension that holds an invocation up costs it its environment, but not its answer', async () => {
    await using play = await stage({ extensions: ['busy-until-go'], timeoutMs: 1000 });
    expect((await play.invoke({ behaviour: 'value', value: 1 })).body).toBe(1);
    await until(() => count(play.log, 'Task timed out after 1.00 seconds') === 1, 'the timeout');
  });

  test('an extension that exits with code 0 before the answer is a crash; /tmp is kept for the next environment', async () => {
    await using play = await stage({ extensions: ['crashes-once', 'timely'] });
    mkdirSync(path.join(play.local, 'environment/tmp/kept'));
    writeFileSync(path.join(play.local, 'environment/tmp/kept/file'), 'kept');
    const crashed = await play.invoke({ behaviour: 'hang' });
    expect(crashed.body).toMatchObject({
      errorType: 'Extension.Crash',
      errorMessage: expect.stringContaining('crashes-once exited with exit status 0'),
    });
    const next = await play.invoke({ behaviour: 'describe' });
    expect(next.body.invocations).toBe(1);
    expect(play.note('timely', 'log')).toContain('SHUTDOWN failure');
    expect(readFileSync(path.join(play.local, 'environment/tmp/kept/file'), 'utf8')).toBe('kept');
    expect(count(play.log, 'INIT_START')).toBe(2);
  });

  test('an extension that crashes after the answer leaves the caller his answer', async () => {
    await using play = await stage({ extensions: ['crashes-at-go'] });
    const answer = await play.invoke({ behaviour: 'value', value: 'kept' });
    play.give('crashes-at-go', 'go');
    expect(answer.body).toBe('kept');
    await until(() => count(play.log, 'Error Type: Extension.Crash') === 1, 'the crash in the report');
  });

  test('an extension that dies while it is frozen is noticed, and the next invocation starts anew', async () => {
    await using play = await stage({ extensions: ['timely', 'shutdown-only'] });
    await play.invoke({});
    await until(() => count(play.log, 'REPORT') === 1, 'the report');
    process.kill(Number(play.note('timely', 'pid')), 'SIGKILL');
    await until(() => play.note('shutdown-only', 'log').includes('SHUTDOWN failure'), 'the shutdown of the others');
    expect((await play.invoke({ behaviour: 'describe' })).body.invocations).toBe(1);
  });
});

describe.concurrent('shutdown', () => {
  test('tells the extensions within the budget, and waits for them', async () => {
    const play = await stage({ extensions: ['timely', 'shutdown-only'] });
    await play.invoke({});
    await play.emulator.close();
    expect(play.note('timely', 'log')).toMatch(/^INVOKE\nSHUTDOWN spindown\nbudget \d+\n$/);
    expect(play.note('shutdown-only', 'log')).toMatch(/^SHUTDOWN spindown\nbudget \d+\n$/);
    await play[Symbol.asyncDispose]();
  });

  test('leaves S3 open until the extensions have ended', async () => {
    const play = await stage({ extensions: ['delivers-on-shutdown'] });
    await play.emulator.close();
    expect(play.note('delivers-on-shutdown', 'log')).toContain('delivered 200');
    expect(readFileSync(path.join(play.local, 's3/inference-capture/late'), 'utf8')).toBe('late');
    await play[Symbol.asyncDispose]();
  });

  test('kills an extension that does not end, when 2,000 ms have passed', async () => {
    const play = await stage({ extensions: ['hangs-on-shutdown', 'no-events'] });
    const startMs = performance.now();
    await play.emulator.close();
    const tookMs = performance.now() - startMs;
    expect(tookMs).toBeGreaterThan(1950);
    expect(tookMs).toBeLessThan(4000);
    for (const name of ['hangs-on-shutdown', 'no-events']) {
      expect(processState(Number(play.note(name, 'pid')))).toBeUndefined();
    }
    await play[Symbol.asyncDispose]();
  });

  test('lets the present invocation end and refuses the ones that wait', async () => {
    const play = await stage({ extensions: ['busy-until-go'] });
    expect((await play.invoke({ behaviour: 'value', value: 1 })).body).toBe(1);
    const waiting = play.invoke({ behaviour: 'value', value: 2 });
    await until(() => play.note('busy-until-go', 'log') === 'INVOKE\n', 'the extension at work');
    const closed = play.emulator.close();
    play.give('busy-until-go', 'go');
    expect((await waiting).status).toBe(503);
    await closed;
    expect(play.note('busy-until-go', 'log')).toContain('SHUTDOWN spindown');
    await play[Symbol.asyncDispose]();
  });
});
