import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { stage, until } from '../fixtures/environment.ts';

const count = (lines: readonly string[], text: string) => lines.filter((line) => line.includes(text)).length;

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

  test('an extension that holds an invocation up until its time-out ends the environment, but does not change the answer', async () => {
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

  test('an extension that crashes after the answer does not change the answer', async () => {
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
