import { expect, test } from 'vitest';
import { InvocationEnds } from './invocation-ends.ts';

const LONG = 60_000;

test.each(['recordCame', 'runtimeDone'] as const)(
  'a sign that came before anybody asked is not waited for: %s',
  async (sign) => {
    const ends = new InvocationEnds();
    ends[sign]('a');
    await ends.within(LONG, 'a');
  },
);

test('a sign ends the wait for its invocation, and for no other', async () => {
  const ends = new InvocationEnds();
  const done: string[] = [];
  const a = ends.within(LONG, 'a').then(() => done.push('a'));
  const b = ends.within(LONG, 'b').then(() => done.push('b'));
  ends.recordCame('a');
  await a;
  expect(done).toEqual(['a']);
  ends.runtimeDone('b');
  await b;
  expect(done).toEqual(['a', 'b']);
});

test('telemetry is relied on from its first word until it is missed', async () => {
  const ends = new InvocationEnds();
  expect(ends.telemetry).toBe(false);
  ends.runtimeDone('a');
  expect(ends.telemetry).toBe(true);
  await ends.within(1, 'b');
  expect(ends.telemetry).toBe(false);
});

test('invocations without a record are counted until one comes, in time or late', async () => {
  const ends = new InvocationEnds();
  await ends.within(1, 'a');
  const b = ends.within(LONG, 'b');
  ends.runtimeDone('b');
  await b;
  await ends.within(0, 'c');
  expect(ends.withoutRecord).toBe(2);
  ends.recordCame('c');
  expect(ends.withoutRecord).toBe(0);
});
