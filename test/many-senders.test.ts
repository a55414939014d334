import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCaptureClient } from '../capture/client.ts';
import { EXAMPLE_RECORD } from '../capture/fixtures/example-record.ts';
import type { Stats } from '../capture/wire.ts';
import { startExtension } from '../extension/fixtures/extension-process.ts';
import { spooledBelow } from './chaos/spool-files.ts';
import type { Outcomes } from './sender.ts';

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

async function setUp() {
  const extension = await startExtension(stack, { CAPTURE_FLUSH_BUDGET_MS: '0', CAPTURE_BATCH_AGE_MS: '600000' });
  await extension.lambda.asked(1);
  const stats = async () => {
    const response = await fetch(`http://127.0.0.1:${extension.port}/v1/stats`, { headers: { connection: 'close' } });
    return (await response.json()) as Stats;
  };
  const sender = async (sends: number, bytes: number, threads = 1) => {
    const args = ['test/sender.ts', extension.port, sends, bytes, threads].map(String);
    return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout) as Outcomes;
  };
  return { extension, stats, sender };
}

test.each([
  ['from one function', 1, 1000, 200, 1],
  ['of 16 KB', 1, 1000, 16_000, 1],
  ['from each of two functions', 2, 1000, 16_000, 1],
  ['from the worker threads of one function, each with a client of its own', 1, 100, 2_000, 12],
])('a thousand records and more at once, %s, are all accepted', async (_, functions, sends, bytes, threads) => {
  const { sender, stats } = await setUp();
  const outcomes = await Promise.all(Array.from({ length: functions }, () => sender(sends, bytes, threads)));
  expect(outcomes).toEqual(Array(functions).fill({ accepted: sends * threads }));
  const { received, delivered, pending, notCaptured } = await stats();
  expect({ received, stored: delivered + pending, notCaptured }).toEqual({
    received: functions * sends * threads,
    stored: functions * sends * threads,
    notCaptured: {},
  });
});

test('records that are sent while 16 MiB are under way are all accepted', async () => {
  const { extension, stats } = await setUp();
  const capture = stack.adopt(createCaptureClient({ port: extension.port, timeoutMs: 20_000 }), (client) =>
    client.close(),
  );
  const { eventId, ...small } = EXAMPLE_RECORD;
  const large = { ...small, input: { ...small.input, data: 'x'.repeat(16_000_000) } };
  const results = await Promise.all([large, large, ...Array(200).fill(small)].map((each) => capture.send(each)));
  expect(results.filter(({ accepted }) => !accepted)).toEqual([]);
  expect(await stats()).toMatchObject({ received: 202 });
});

test('after an extension did not answer for a while, the stored lines report exactly how many records are missing', async () => {
  const { extension, stats } = await setUp();
  const capture = stack.adopt(
    createCaptureClient({
      port: extension.port,
      timeoutMs: 150,
      breaker: { threshold: 1000, openMs: 1, maxOpenMs: 1 },
    }),
    (client) => client.close(),
  );
  const send = (eventId: string) => capture.send({ ...EXAMPLE_RECORD, eventId });
  const accepted = async (name: string) => {
    for (let i = 0; i < 100; i++) if ((await send(`${name} ${i}`)).accepted) return i + 1;
    throw new Error(`Expected one of 100 records to be accepted: ${name}`);
  };
  let sent = await accepted('before');

  extension.child.kill('SIGSTOP');
  const stopped = await Promise.all(Array.from({ length: 50 }, (_, i) => send(`while stopped ${i}`)));
  expect(new Set(stopped.map((each) => !each.accepted && each.reason))).toEqual(new Set(['timeout']));
  extension.child.kill('SIGCONT');
  sent += stopped.length + (await accepted('after'));
  // By now the extension has read what was in the sockets. A record that comes after it was reported as lost takes that back in its line.
  sent += await accepted('later');

  const { received, delivered, dropped, notCaptured } = await stats();
  const stored = spooledBelow(extension.spool);
  const told = stored.flatMap(({ droppedBefore }) => Object.values(droppedBefore ?? {}));
  expect(delivered).toBe(0);
  expect(received).toBe(stored.length + dropped.DUPLICATE);
  expect(stored.length + told.reduce((sum, records) => sum + records, 0)).toBe(sent);
  expect(Object.values(notCaptured).reduce((sum, records) => sum + records, 0)).toBe(sent - stored.length);
});
