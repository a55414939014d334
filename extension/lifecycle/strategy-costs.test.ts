import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type FlushStrategy, REMEMBERED_INVOCATIONS, shouldFlush } from './flush-policy.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const BATCH = { records: 1000, ageMs: 60 * SECOND };

interface Costs {
  /** Invocations that a delivery prolongs. */
  prolonged: number;
  /** Objects, each of which is one PUT, with those of the end. */
  objects: number;
  /** Seconds that a record waits for its delivery at most. */
  oldest: number;
}

/** An hour in which an invocation comes every so often and leaves one record. It ends with SHUTDOWN. */
function anHour(strategy: FlushStrategy, gapMs: number): Costs {
  const costs: Costs = { prolonged: 0, objects: 0, oldest: 0 };
  const invocationsMs: number[] = [];
  let waiting: number[] = [];
  let deliveredMs: number | undefined;

  function deliver(nowMs: number): void {
    if (waiting.length === 0) return;
    costs.objects += Math.ceil(waiting.length / BATCH.records);
    costs.oldest = Math.max(costs.oldest, (nowMs - waiting[0]!) / SECOND);
    waiting = [];
    deliveredMs = nowMs;
  }

  for (let nowMs = 0; nowMs < HOUR; nowMs += gapMs) {
    invocationsMs.push(nowMs);
    waiting.push(nowMs);
    const state = {
      strategy,
      nowMs,
      invocationsMs: invocationsMs.slice(-REMEMBERED_INVOCATIONS),
      sealedSegments: Math.floor(waiting.length / BATCH.records),
      openedMs: waiting[0],
      batchAgeMs: BATCH.ageMs,
      deliveredMs,
      spoolShort: false,
      destinationReady: true,
    };
    if (!shouldFlush(state)) continue;
    costs.prolonged += 1;
    deliver(nowMs);
  }
  deliver(HOUR);
  return costs;
}

test.each<[string, FlushStrategy]>([
  ['adaptive', { kind: 'adaptive' }],
  ['end', { kind: 'end' }],
  ['periodically,300000', { kind: 'periodically', intervalMs: 300 * SECOND }],
  ['at-shutdown', { kind: 'at-shutdown' }],
])('docs/configuration.md says what %s costs', (name, strategy) => {
  const cells = [SECOND, 120 * SECOND].map((gapMs) => {
    const { prolonged, objects, oldest } = anHour(strategy, gapMs);
    return `${prolonged.toLocaleString('en')} / ${objects.toLocaleString('en')} / ${oldest.toLocaleString('en')} s`;
  });
  const rows = readFileSync('docs/configuration.md', 'utf8').split('\n');
  const row = rows.findLast((line) => line.startsWith(`| \`${name}\` |`));
  expect(row?.split(' | ').slice(1, 3)).toEqual(cells);
});
