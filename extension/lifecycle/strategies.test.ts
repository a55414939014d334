import { describe, expect, test } from 'vitest';
import type { ExtensionEvent } from '../lambda/extensions-api.ts';
import { followed, invoke, SECOND, shutdown, type World } from './fixtures/world.ts';
import type { FlushStrategy } from './flush-policy.ts';

const END: FlushStrategy = { kind: 'end' };
const PERIODICALLY: FlushStrategy = { kind: 'periodically', intervalMs: 60 * SECOND };
const AT_SHUTDOWN: FlushStrategy = { kind: 'at-shutdown' };

/** After which of the invocations, numbered from 1, something is delivered. The end of the environment follows the last. */
async function deliveredAfter(invocationsMs: number[], how: World): Promise<number[]> {
  const lastMs = invocationsMs.at(-1)!;
  const events = invocationsMs.map((ms): [number, ExtensionEvent] => [ms, invoke(ms)]);
  const done = await followed([...events, [lastMs + SECOND, shutdown(lastMs + SECOND)]], how);
  let invocation = 0;
  const delivered: number[] = [];
  for (const step of done) {
    if (step === 'next: INVOKE') invocation += 1;
    if (/^deliver within \d+$/.test(step)) delivered.push(invocation);
  }
  expect(done.at(-1)).toMatch(how.outage ? /^ERROR .*they stay in the spool$/ : /^INFO shut down; all records are/);
  return delivered;
}

const everySecond = Array.from({ length: 125 }, (_, i) => i * SECOND);

describe('busy traffic is delivered', () => {
  test.each<[string, World, number[]]>([
    ['after each invocation', { strategy: END }, everySecond.map((_, i) => i + 1)],
    ['after the first invocation, and once a minute from then on', { strategy: PERIODICALLY }, [1, 61, 121]],
    ['at the end', { strategy: AT_SHUTDOWN }, []],
    ['when the spool is half full, and at the end', { strategy: AT_SHUTDOWN, halfOfSpool: 50 }, [50, 100]],
    [
      'when the spool is half full, before the minute is over',
      { strategy: PERIODICALLY, halfOfSpool: 50 },
      [1, 51, 101],
    ],
    ['not at all while the destination is down', { strategy: END, outage: true }, []],
  ])('%s: %j', async (_, how, expected) => {
    expect(await deliveredAfter(everySecond, how)).toEqual(expected);
  });
});

test('an interval is over with the first invocation that ends after it, however long before it began', async () => {
  const how: World = { strategy: PERIODICALLY, telemetry: true, workMs: 5 * SECOND };
  // They end at 5, 61, 66 and 73 s; the first delivery was at 5 s.
  expect(await deliveredAfter([0, 56 * SECOND, 61 * SECOND, 68 * SECOND], how)).toEqual([1, 3]);
});

test('with an interval a long silence makes the next invocation deliver', async () => {
  expect(await deliveredAfter([0, SECOND, 1000 * SECOND], { strategy: PERIODICALLY })).toEqual([1, 3]);
});

test.each<[string, FlushStrategy]>([
  ['periodically', { ...PERIODICALLY, intervalMs: 86_400 * SECOND }],
  ['at-shutdown', AT_SHUTDOWN],
])('where nothing can be due, no invocation is held: %s', async (_, strategy) => {
  const events = [1, 2, 3].map((at): [number, ExtensionEvent] => [at * SECOND, invoke(at * SECOND)]);
  const done = await followed([...events, [4 * SECOND, shutdown(4 * SECOND)]], { strategy, telemetry: true });
  const held = strategy.kind === 'periodically' ? 1 : 0; // nothing has been delivered before the first
  expect(done.filter((step) => step.startsWith('wait'))).toHaveLength(held);
});
