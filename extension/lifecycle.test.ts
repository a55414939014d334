import { expect, test, vi } from 'vitest';
import type { Stats } from '../capture/wire.ts';
import type { Delivery } from './delivery.ts';
import type { ExtensionEvent } from './extensions-api.ts';
import { idle, type LifecycleParts, live } from './lifecycle.ts';
import type { RecordArrivals } from './record-arrivals.ts';
import type { Spool } from './spool/spool.ts';

const SECOND = 1000;
const START = 1_000_000;
const invoke = (atMs: number): ExtensionEvent => ({
  eventType: 'INVOKE',
  requestId: `at ${atMs}`,
  deadlineMs: START + atMs + 30 * SECOND,
});
const shutdown = (atMs: number): ExtensionEvent => ({
  eventType: 'SHUTDOWN',
  shutdownReason: 'spindown',
  deadlineMs: START + atMs + 2 * SECOND,
});

/** An environment that sees these events; each invocation leaves a record unless told otherwise. Gives what was done, in order. */
async function lived(events: [number, ExtensionEvent][], { recordless = false, outage = false } = {}) {
  const done: string[] = [];
  let nowMs = START;
  let openedMs: number | undefined;
  let records = 0;
  const queue = [...events];
  const parts = {
    api: {
      register: async () => {},
      next: async () => {
        const [atMs, event] = queue.shift()!;
        nowMs = START + atMs;
        done.push(`next: ${event.eventType}`);
        return event;
      },
    },
    receiver: { listen: async () => 0, drain: async () => void done.push('drain') },
    intake: { take: vi.fn(), close: () => void done.push('close') },
    arrivals: {
      within: async (ms: number) => {
        done.push(`wait ${ms}`);
        if (recordless) return false;
        openedMs ??= nowMs;
        records += 1;
        return true;
      },
    } as unknown as RecordArrivals,
    spool: {
      get openedMs() {
        return openedMs;
      },
      sealedSegments: 0,
      sealIfFinished: () => {},
      seal: () => {
        openedMs = undefined;
      },
    } as unknown as Spool,
    delivery: {
      get ready() {
        return !outage;
      },
      deliver: async (deadlineMs: number, lastChance = false) => {
        if (!outage) records = 0;
        done.push(`deliver within ${deadlineMs - nowMs}${lastChance ? ', last chance' : ''}`);
      },
    } as unknown as Delivery,
    stats: () => ({ pending: records, dropped: {} }) as Stats,
    log: (level) => void done.push(`log ${level}`),
    now: () => nowMs,
    batchAgeMs: 60 * SECOND,
    flushBudgetMs: 500,
  } satisfies LifecycleParts;
  await live(parts);
  return done;
}

test('rare traffic is delivered after each invocation, before the next event is asked for', async () => {
  const done = await lived([
    [0, invoke(0)],
    [300 * SECOND, invoke(300 * SECOND)],
    [600 * SECOND, shutdown(600 * SECOND)],
  ]);
  expect(done.slice(0, 6)).toEqual([
    'next: INVOKE',
    'wait 500',
    'deliver within 500',
    'next: INVOKE',
    'wait 500',
    'deliver within 500',
  ]);
});

test('busy traffic is neither waited for nor delivered before the batch is due', async () => {
  const events = Array.from({ length: 62 }, (_, i) => [i * SECOND, invoke(i * SECOND)] as [number, ExtensionEvent]);
  const done = await lived([...events, [70 * SECOND, shutdown(70 * SECOND)]]);
  expect(done.filter((step) => step === 'deliver within 500')).toHaveLength(2);
  expect(done.filter((step) => step === 'wait 500')).toHaveLength(2);
});

test('a delivery ends well before the function would time out', async () => {
  const event: ExtensionEvent = { eventType: 'INVOKE', requestId: 'r', deadlineMs: START + 400 };
  expect(
    await lived([
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
  const done = await lived([...events, [10_000_000, shutdown(10_000_000)]], { recordless: true });
  expect(done.filter((step) => step.startsWith('wait'))).toEqual([
    'wait 500',
    'wait 500',
    'wait 500',
    'wait 0',
    'wait 0',
    'wait 0',
  ]);
});

test('while the destination is down no invocation is made longer', async () => {
  const done = await lived(
    [
      [0, invoke(0)],
      [300 * SECOND, invoke(0)],
      [600 * SECOND, shutdown(600 * SECOND)],
    ],
    { outage: true },
  );
  expect(done.slice(0, 4)).toEqual(['next: INVOKE', 'wait 0', 'next: INVOKE', 'wait 0']);
});

test('at shutdown the sockets are drained, then everything is delivered within the budget', async () => {
  expect(await lived([[0, shutdown(0)]])).toEqual([
    'next: SHUTDOWN',
    'drain',
    'close',
    'deliver within 1800, last chance',
    'log INFO',
  ]);
});

test('what could not be delivered at shutdown is an error in the log', async () => {
  expect(
    await lived(
      [
        [0, invoke(0)],
        [1, shutdown(1)],
      ],
      { outage: true },
    ),
  ).toContain('log ERROR');
});

test('an extension that cannot work asks for events until SHUTDOWN', async () => {
  const next = vi
    .fn()
    .mockResolvedValueOnce(invoke(0))
    .mockResolvedValueOnce(invoke(1))
    .mockResolvedValueOnce(shutdown(2));
  await idle({ register: async () => {}, next });
  expect(next).toHaveBeenCalledTimes(3);
});
