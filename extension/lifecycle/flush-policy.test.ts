import { expect, test } from 'vitest';
import { endWaitMs, shouldFlush, shouldFlushByTimer } from './flush-policy.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const NOW = 1_000_000;
const base = {
  nowMs: NOW,
  invocationsMs: [NOW],
  sealedSegments: 0,
  openedMs: NOW as number | undefined,
  batchAgeMs: MINUTE,
  destinationReady: true,
};
const every = (gapMs: number, count = 5) => Array.from({ length: count }, (_, i) => NOW - gapMs * (count - 1 - i));
const everySecond = { invocationsMs: every(SECOND) };

test.each([
  ['nothing waits', { openedMs: undefined }, false],
  ['a finished batch waits', { openedMs: undefined, sealedSegments: 1 }, true],
  ['a finished batch waits, and the destination is down', { sealedSegments: 1, destinationReady: false }, false],
  ['the first invocation ever left a record', {}, true],
  ['invocations come every two minutes', { invocationsMs: every(2 * MINUTE) }, true],
  ['invocations come every second', everySecond, false],
  ['they come every second, and the batch is 58 s old', { ...everySecond, openedMs: NOW - 58 * SECOND }, false],
  ['they come every second, and the batch is 59 s old', { ...everySecond, openedMs: NOW - 59 * SECOND }, true],
  ['a batch may have no age', { ...everySecond, batchAgeMs: 0 }, true],
])('when %s, delivering now is %j -> %s', (_, change, expected) => {
  expect(shouldFlush({ ...base, ...change })).toBe(expected);
});

const waiting = { ...base, openedMs: undefined, telemetry: false, withoutRecord: 0, budgetMs: 500, leftMs: 3000 };

test.each([
  ['a record of rare traffic may come', {}, 500],
  ['the function is about to time out', { leftMs: 200 }, 200],
  ['the function has no time left', { leftMs: -1 }, 0],
  ['Lambda will tell of the end', { telemetry: true }, 3000],
  ['traffic is busy', everySecond, 0],
  ['traffic is busy, and Lambda would tell of the end', { ...everySecond, telemetry: true }, 0],
  ['traffic is busy, and a batch is finished', { ...everySecond, sealedSegments: 1 }, 500],
  ['two invocations brought no record', { withoutRecord: 2 }, 500],
  ['three invocations brought no record', { withoutRecord: 3 }, 0],
  ['three brought none, and Lambda would tell of the end', { withoutRecord: 3, telemetry: true }, 0],
  ['three brought none, but an older one waits', { withoutRecord: 3, openedMs: NOW - MINUTE }, 500],
  ['the destination is down', { destinationReady: false }, 0],
])('when %s, the end of the invocation is waited for so long: %j -> %i ms', (_, change, expected) => {
  expect(endWaitMs({ ...waiting, ...change })).toBe(expected);
});

test.each([
  ['young', {}, false],
  ['old enough', { openedMs: NOW - MINUTE }, true],
  ['finished', { openedMs: undefined, sealedSegments: 1 }, true],
  ['old enough, but the destination is down', { openedMs: NOW - MINUTE, destinationReady: false }, false],
])('where nothing is ever frozen, a batch that is %s is delivered: %j -> %s', (_, change, expected) => {
  expect(shouldFlushByTimer({ ...base, ...change })).toBe(expected);
});
