import { expect, test } from 'vitest';
import type { ExtensionEvent } from '../lambda/extensions-api.ts';
import { followed, invoke, SECOND, START, shutdown, world } from './fixtures/world.ts';
import { followEvents, followTimer } from './lifecycle.ts';

test('rare traffic is delivered after each invocation, before the next event is asked for', async () => {
  const done = await followed([
    [0, invoke(0)],
    [300 * SECOND, invoke(300 * SECOND)],
    [600 * SECOND, shutdown(600 * SECOND)],
  ]);
  const each = ['next: INVOKE', 'wait 500', 'deliver within 500', 'metrics'];
  expect(done.filter((step) => step !== 'first').slice(0, 8)).toEqual([...each, ...each]);
});

test('where Lambda tells of the end, a long invocation is waited for as long as it may last', async () => {
  const events: [number, ExtensionEvent][] = [
    [0, invoke(0)],
    [1, shutdown(1)],
  ];
  expect(await followed(events, { telemetry: true })).toContain('wait 29750');
});

test('busy traffic is neither waited for nor delivered before the batch is due', async () => {
  const events = Array.from({ length: 62 }, (_, i) => [i * SECOND, invoke(i * SECOND)] as [number, ExtensionEvent]);
  const done = await followed([...events, [70 * SECOND, shutdown(70 * SECOND)]]);
  expect(done.filter((step) => step === 'deliver within 500')).toHaveLength(2);
  expect(done.filter((step) => step === 'wait 500')).toHaveLength(2);
});

test('a delivery ends well before the function would time out', async () => {
  const event: ExtensionEvent = { eventType: 'INVOKE', requestId: 'r', deadlineMs: START + 400 };
  expect(
    await followed([
      [0, event],
      [1, shutdown(1)],
    ]),
  ).toContain('deliver within 150');
});

test('a function that sends no records is waited for three times and never again', async () => {
  const events = Array.from(
    { length: 6 },
    (_, i) => [i * 300 * SECOND, invoke(i * 300 * SECOND)] as [number, ExtensionEvent],
  );
  const done = await followed([...events, [10_000_000, shutdown(10_000_000)]], { recordless: true });
  expect(done.filter((step) => step.startsWith('wait'))).toEqual(['wait 500', 'wait 500', 'wait 500']);
});

test('while the destination is down no invocation is held', async () => {
  const events: [number, ExtensionEvent][] = [
    [0, invoke(0)],
    [1, invoke(1)],
    [2, shutdown(2)],
  ];
  const done = await followed(events, { outage: true });
  expect(done.filter((step) => /^(wait|deliver within 500)/.test(step))).toEqual([]);
});

test('the end: drained, closed, then delivered within the budget', async () => {
  expect(await followed([[0, shutdown(0)]])).toEqual([
    'next: SHUTDOWN',
    'first',
    'drain',
    'close',
    'deliver within 1800, last chance, 4 at once',
    'metrics',
    'INFO shut down; all records are delivered',
  ]);
});

test('what could not be delivered at the end is an error in the log', async () => {
  const events: [number, ExtensionEvent][] = [
    [0, invoke(0)],
    [1, shutdown(1)],
  ];
  expect((await followed(events, { outage: true })).at(-1)).toMatch(/^ERROR .*they stay in the spool$/);
});

test('a last resort gets time of its own, and only for what could not be delivered', async () => {
  const events: [number, ExtensionEvent][] = [
    [0, invoke(0)],
    [1, shutdown(1)],
  ];
  const done = await followed(events, { outage: true, lastResort: true });
  expect(done.slice(-4)).toEqual([
    'deliver within 1300, last chance, 4 at once',
    'last resort within 1800',
    'metrics',
    'ERROR shut down; records that could not be delivered are in this log',
  ]);
  expect((await followed(events, { lastResort: true })).join()).not.toContain('last resort');
});

test('a fault in the work on an event does not end the extension', async () => {
  const { parts, done, queue } = world();
  queue.push([0, invoke(0)], [1, shutdown(1)]);
  parts.onFirstEvent = () => {
    throw new Error('EROFS');
  };
  await followEvents(parts);
  expect(done).toContain('ERROR work after an invocation failed');
  expect(done.at(-1)).toMatch(/^INFO shut down/);
});

test('where nothing is frozen, batches are delivered as they grow old, and the rest at the end', async () => {
  const { parts, done, arrive, at } = world();
  let end = (_: { shutdownReason: string; deadlineMs: number }) => {};
  const ended = new Promise<{ shutdownReason: string; deadlineMs: number }>((resolve) => {
    end = resolve;
  });
  let turns = 0;
  const sleep = async () => {
    turns += 1;
    at(turns * 30 * SECOND);
    if (turns === 1) arrive();
    if (turns === 6) end({ shutdownReason: 'spindown', deadlineMs: START + turns * 30 * SECOND + 2000 });
  };
  await followTimer({ ...parts, sleep }, ended);
  expect(done).toEqual([
    'deliver within 30000',
    'metrics',
    'drain',
    'close',
    'deliver within 1800, last chance, 4 at once',
    'metrics',
    'INFO shut down; all records are delivered',
  ]);
  expect(turns).toBeGreaterThan(2);
});
