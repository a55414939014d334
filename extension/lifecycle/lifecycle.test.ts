import { expect, test, vi } from 'vitest';
import type { Stats } from '../../capture/wire.ts';
import type { Delivery, DeliveryManner } from '../delivery/delivery.ts';
import type { ExtensionEvent } from '../lambda/extensions-api.ts';
import type { Spool } from '../spool/spool.ts';
import type { InvocationEnds } from './invocation-ends.ts';
import { type EventLifecycleParts, live, liveByTimer } from './lifecycle.ts';

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

interface World {
  /** No invocation leaves a record. */
  recordless?: boolean;
  /** The destination takes nothing. */
  outage?: boolean;
  /** Lambda tells of the end of each invocation. */
  telemetry?: boolean;
  /** What cannot be delivered goes to the log. */
  lastResort?: boolean;
}

/** The parts of a lifecycle, and what they did, in order. */
function world({ recordless = false, outage = false, telemetry = false, lastResort = false }: World = {}) {
  const done: string[] = [];
  let nowMs = START;
  let openedMs: number | undefined;
  let records = 0;
  let logged = 0;
  const queue: [number, ExtensionEvent][] = [];
  const arrive = () => {
    openedMs ??= nowMs;
    records += 1;
  };
  const ends = {
    telemetry,
    withoutRecord: 0,
    within: async (ms: number) => {
      if (ms > 0) done.push(`wait ${ms}`);
      if (!recordless) arrive();
      else if (ms > 0) ends.withoutRecord += 1;
    },
  };
  const parts = {
    api: {
      register: async () => {},
      subscribeTelemetry: async () => {},
      initError: async () => {},
      next: async () => {
        const [atMs, event] = queue.shift()!;
        nowMs = START + atMs;
        done.push(`next: ${event.eventType}`);
        return event;
      },
    },
    onFirstEvent: () => void done.push('first'),
    receiver: { listen: async () => 0, drain: async () => void done.push('drain') },
    intake: { take: vi.fn(), close: () => void done.push('close') },
    ends: ends as unknown as InvocationEnds,
    spool: {
      get openedMs() {
        return openedMs;
      },
      get pending() {
        return records;
      },
      sealed: [],
      sealIfFinished: () => {},
      seal: () => {
        openedMs = undefined;
      },
    } as unknown as Spool,
    delivery: {
      get ready() {
        return !outage;
      },
      deliver: async (deadlineMs: number, { lastChance = false, lanes = 1 }: DeliveryManner = {}) => {
        if (!outage) records = 0;
        done.push(`deliver within ${deadlineMs - nowMs}${lastChance ? `, last chance, ${lanes} at once` : ''}`);
      },
    } as unknown as Delivery,
    lastResort: lastResort
      ? async (deadlineMs: number) => {
          done.push(`last resort within ${deadlineMs - nowMs}`);
          logged = records;
          records = 0;
        }
      : undefined,
    metrics: {
      afterDelivery: () => void done.push('metrics'),
      afterLoss: () => {},
      atEnd: () => void done.push('metrics'),
    },
    stats: () => ({ pending: records, logged, dropped: {}, leftOut: {} }) as Stats,
    log: (level, message) => void done.push(`${level} ${message}`),
    now: () => nowMs,
    ageNow: () => nowMs,
    batchAgeMs: 60 * SECOND,
    flushBudgetMs: 500,
  } satisfies EventLifecycleParts;
  return { parts, done, queue, arrive, at: (atMs: number) => (nowMs = START + atMs) };
}

/** What is done in an environment that sees these events; each invocation leaves a record unless told otherwise. */
async function lived(events: [number, ExtensionEvent][], how: World = {}) {
  const { parts, done, queue } = world(how);
  queue.push(...events);
  await live(parts);
  return done;
}

test('rare traffic is delivered after each invocation, before the next event is asked for', async () => {
  const done = await lived([
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
  expect(await lived(events, { telemetry: true })).toContain('wait 29750');
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
  expect(done.filter((step) => step.startsWith('wait'))).toEqual(['wait 500', 'wait 500', 'wait 500']);
});

test('while the destination is down no invocation is held', async () => {
  const events: [number, ExtensionEvent][] = [
    [0, invoke(0)],
    [1, invoke(1)],
    [2, shutdown(2)],
  ];
  const done = await lived(events, { outage: true });
  expect(done.filter((step) => /^(wait|deliver within 500)/.test(step))).toEqual([]);
});

test('the end: drained, closed, then delivered within the budget', async () => {
  expect(await lived([[0, shutdown(0)]])).toEqual([
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
  expect((await lived(events, { outage: true })).at(-1)).toMatch(/^ERROR .*they stay in the spool$/);
});

test('a last resort gets time of its own, and only for what could not be delivered', async () => {
  const events: [number, ExtensionEvent][] = [
    [0, invoke(0)],
    [1, shutdown(1)],
  ];
  const done = await lived(events, { outage: true, lastResort: true });
  expect(done.slice(-4)).toEqual([
    'deliver within 1300, last chance, 4 at once',
    'last resort within 1800',
    'metrics',
    'ERROR shut down; records that could not be delivered are in this log',
  ]);
  expect((await lived(events, { lastResort: true })).join()).not.toContain('last resort');
});

test('a fault in the work on an event does not end the extension', async () => {
  const { parts, done, queue } = world();
  queue.push([0, invoke(0)], [1, shutdown(1)]);
  parts.onFirstEvent = () => {
    throw new Error('EROFS');
  };
  await live(parts);
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
  await liveByTimer({ ...parts, sleep }, ended);
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
