import { afterEach, expect, test } from 'vitest';
import { type Setting, type Stage, stage, until } from '../fixtures/environment.ts';

let running: Stage | undefined;
afterEach(() => running?.[Symbol.asyncDispose]());

async function start(setting: Setting): Promise<Stage> {
  running = await stage(setting);
  return running;
}

interface Event {
  time: string;
  type: string;
  // biome-ignore lint/suspicious/noExplicitAny: every type of event has a record of its own
  record: any;
}

function heard({ note }: Stage, type: string): Event[] {
  const lines = note('listens', 'telemetry').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Event).filter((event) => event.type === type);
}

test('a subscriber that refuses the first POST still hears of all of init and of each invocation', async () => {
  const emulated = await start({ extensions: ['listens'] });
  for (let i = 0; i < 3; i++) await emulated.invoke({ behaviour: 'log', value: `line ${i}` });
  await emulated.emulator.close();

  expect(emulated.note('listens', 'log')).toMatch('subscribed 200 "OK"');
  const [initStart] = heard(emulated, 'platform.initStart');
  expect(initStart).toMatchObject({ record: { initializationType: 'on-demand', functionName: 'Orders' } });
  expect(heard(emulated, 'platform.telemetrySubscription')).toMatchObject([
    { record: { name: 'listens', state: 'Subscribed', types: ['platform', 'function'] } },
  ]);
  expect(heard(emulated, 'platform.initRuntimeDone')).toMatchObject([{ record: { status: 'success' } }]);
  expect(heard(emulated, 'platform.initReport')).toMatchObject([{ record: { status: 'success' } }]);
  expect(heard(emulated, 'function').map(({ record }) => record)).toEqual([
    'runtime started',
    'line 0',
    'line 1',
    'line 2',
  ]);

  const started = heard(emulated, 'platform.start').map(({ record }) => record.requestId);
  expect(new Set(started).size).toBe(3);
  const done = heard(emulated, 'platform.runtimeDone');
  expect(done.map(({ record }) => record.requestId)).toEqual(started);
  expect(done[0]!.record).toMatchObject({ status: 'success', metrics: { producedBytes: 4 } });
  const reports = heard(emulated, 'platform.report');
  expect(reports.map(({ record }) => record.requestId)).toEqual(started);
  expect(reports[0]!.record.metrics).toMatchObject({ memorySizeMB: 512, initDurationMs: expect.any(Number) });
});

test('an invocation that times out is told with that status', async () => {
  const emulated = await start({ extensions: ['listens'], timeoutMs: 300 });
  await emulated.invoke({ behaviour: 'hang' });
  await until(() => heard(emulated, 'platform.runtimeDone').length > 0, 'runtimeDone');
  expect(heard(emulated, 'platform.runtimeDone')).toMatchObject([{ record: { status: 'timeout' } }]);
});

test('nothing is sent to an environment that is frozen', async () => {
  const emulated = await start({ extensions: ['listens'] });
  await emulated.invoke({});
  await until(() => emulated.log.some((line) => line.startsWith('REPORT')), 'the end of the invocation');
  // Its last event comes when every process is frozen already.
  expect(heard(emulated, 'platform.report')).toEqual([]);
  await emulated.invoke({});
  await emulated.emulator.close();
  expect(heard(emulated, 'platform.report')).toHaveLength(2);
});

test('after init no extension can subscribe', async () => {
  const emulated = await start({ extensions: ['subscribes-late'] });
  await emulated.invoke({});
  await until(() => emulated.note('subscribes-late', 'log').includes('subscribed'), 'the subscription');
  expect(emulated.note('subscribes-late', 'log')).toMatch(/subscribed 403 .*Telemetry.SubscriptionClosed/);
});

test('an emulator without telemetry says so', async () => {
  const emulated = await start({ extensions: ['listens'], telemetry: false });
  await emulated.invoke({});
  expect(emulated.note('listens', 'log')).toMatch(/subscribed 202 .*Telemetry.NotSupported/);
});
