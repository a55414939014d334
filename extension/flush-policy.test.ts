import { expect, test } from 'vitest';
import { recordWaitMs, shouldFlush } from './flush-policy.ts';

const MINUTE = 60_000;
const base = {
  nowMs: 1_000_000,
  invocationsMs: [1_000_000],
  sealedSegments: 0,
  openedMs: 1_000_000,
  batchAgeMs: MINUTE,
};
const every = (gapMs: number, count = 5) =>
  Array.from({ length: count }, (_, i) => 1_000_000 - gapMs * (count - 1 - i));

test.each([
  ['nothing waits', { openedMs: undefined }, false],
  ['a finished batch waits', { openedMs: undefined, sealedSegments: 1 }, true],
  ['the first invocation ever left a record', {}, true],
  ['invocations come every two minutes', { invocationsMs: every(2 * MINUTE) }, true],
  ['invocations come every second', { invocationsMs: every(1000) }, false],
  [
    'they come every second, and the batch is 58 s old',
    { invocationsMs: every(1000), openedMs: 1_000_000 - 58_000 },
    false,
  ],
  [
    'they come every second, and the batch is 59 s old',
    { invocationsMs: every(1000), openedMs: 1_000_000 - 59_000 },
    true,
  ],
  ['a batch may have no age', { invocationsMs: every(1000), batchAgeMs: 0 }, true],
])('when %s, delivering now is %j -> %s', (_, change, expected) => {
  expect(shouldFlush({ ...base, ...change })).toBe(expected);
});

test.each([
  ['a delivery may be due', true, 0, 500],
  ['none is due', false, 0, 0],
  ['two invocations brought no record', true, 2, 500],
  ['three invocations brought no record', true, 3, 0],
])('when %s, the record is waited for so long', (_, flushExpected, without, expected) => {
  expect(recordWaitMs(flushExpected, without, 500)).toBe(expected);
});
