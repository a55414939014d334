import { expect, test } from 'vitest';
import { InvocationCompletions } from './invocation-completions.ts';

const LONG = 60_000;

test.each(['recordCame', 'runtimeDone'] as const)(
  'a sign that came before anybody asked is not waited for: %s',
  async (sign) => {
    const completions = new InvocationCompletions();
    completions[sign]('a');
    await completions.wait('a', LONG);
  },
);

test('a sign ends the wait for its invocation, and for no other', async () => {
  const completions = new InvocationCompletions();
  const done: string[] = [];
  const a = completions.wait('a', LONG).then(() => done.push('a'));
  const b = completions.wait('b', LONG).then(() => done.push('b'));
  completions.recordCame('a');
  await a;
  expect(done).toEqual(['a']);
  completions.runtimeDone('b');
  await b;
  expect(done).toEqual(['a', 'b']);
});

test('telemetry is relied on from its first word until it is missed', async () => {
  const completions = new InvocationCompletions();
  expect(completions.telemetry).toBe(false);
  completions.runtimeDone('a');
  expect(completions.telemetry).toBe(true);
  await completions.wait('b', 1);
  expect(completions.telemetry).toBe(false);
});

test('invocations without a record are counted until one comes, in time or late', async () => {
  const completions = new InvocationCompletions();
  await completions.wait('a', 1);
  const b = completions.wait('b', LONG);
  completions.runtimeDone('b');
  await b;
  await completions.wait('c', 0);
  expect(completions.withoutRecord).toBe(2);
  completions.recordCame('c');
  expect(completions.withoutRecord).toBe(0);
});
