import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  completionWaitMs,
  type FlushState,
  type FlushStrategy,
  shouldFlush,
  shouldFlushByTimer,
  type WaitState,
} from './flush-policy.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const NOW = 1_000_000;
const base: FlushState = {
  strategy: { kind: 'adaptive' },
  nowMs: NOW,
  invocationsMs: [NOW],
  sealedSegments: 0,
  openedMs: NOW,
  batchAgeMs: MINUTE,
  deliveredMs: undefined,
  spoolShort: false,
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
  ['they come every second, and the spool is short of room', { ...everySecond, spoolShort: true }, false],
])('when %s, delivering now is %j -> %s', (_, change, expected) => {
  expect(shouldFlush({ ...base, ...change })).toBe(expected);
});

const waiting: WaitState = {
  ...base,
  openedMs: undefined,
  telemetry: false,
  withoutRecord: 0,
  budgetMs: 500,
  leftMs: 3000,
};

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
  expect(completionWaitMs({ ...waiting, ...change })).toBe(expected);
});

test.each([
  ['young', {}, false],
  ['old enough', { openedMs: NOW - MINUTE }, true],
  ['finished', { openedMs: undefined, sealedSegments: 1 }, true],
  ['old enough, but the destination is down', { openedMs: NOW - MINUTE, destinationReady: false }, false],
])('where nothing is ever frozen, a batch that is %s is delivered: %j -> %s', (_, change, expected) => {
  expect(shouldFlushByTimer({ ...base, ...change })).toBe(expected);
});

const END: FlushStrategy = { kind: 'end' };
const PERIODICALLY: FlushStrategy = { kind: 'periodically', intervalMs: MINUTE };
const AT_SHUTDOWN: FlushStrategy = { kind: 'at-shutdown' };
const young = { ...everySecond, deliveredMs: NOW - 59 * SECOND };

describe('a strategy other than adaptive', () => {
  test.each<[FlushStrategy, string, Partial<FlushState>, boolean]>([
    [END, 'a record came', young, true],
    [END, 'a batch is left from before', { ...young, openedMs: undefined, sealedSegments: 1 }, true],
    [PERIODICALLY, 'nothing has been delivered yet', everySecond, true],
    [PERIODICALLY, 'the last delivery was less than the interval ago', young, false],
    [
      PERIODICALLY,
      'it was less than the interval ago, and a batch is finished',
      { ...young, sealedSegments: 9 },
      false,
    ],
    [PERIODICALLY, 'it was the interval ago', { ...young, deliveredMs: NOW - MINUTE }, true],
    [PERIODICALLY, 'the spool is short of room', { ...young, spoolShort: true }, true],
    [AT_SHUTDOWN, 'nothing has been delivered yet', {}, false],
    [AT_SHUTDOWN, 'batches are finished, long ago', { openedMs: NOW - 1000 * MINUTE, sealedSegments: 9 }, false],
    [AT_SHUTDOWN, 'the spool is short of room', { spoolShort: true }, true],
  ])('%j: when %s -> %s', (strategy, _, change, expected) => {
    expect(shouldFlush({ ...base, ...change, strategy })).toBe(expected);
    expect(shouldFlushByTimer({ ...base, ...change, strategy })).toBe(expected);
  });

  test.each<[FlushStrategy, string, Partial<WaitState>, number]>([
    [END, 'a record may come', { ...young }, 500],
    [END, 'the function has stopped sending records', { ...young, withoutRecord: 3 }, 0],
    [END, 'Lambda will tell of the end', { ...young, telemetry: true }, 3000],
    [PERIODICALLY, 'the interval ends long after the invocation', { deliveredMs: NOW - 50 * SECOND }, 0],
    [PERIODICALLY, 'the interval ends after the budget', { deliveredMs: NOW - MINUTE + 501 }, 0],
    [PERIODICALLY, 'the interval ends within the budget', { deliveredMs: NOW - MINUTE + 500 }, 500],
    [PERIODICALLY, 'it may end in the invocation, whose end is told', { ...young, telemetry: true }, 3000],
    [AT_SHUTDOWN, 'a record may come', { telemetry: true }, 0],
    [AT_SHUTDOWN, 'the spool is short of room', { spoolShort: true }, 500],
  ])('%j: when %s, its end is waited for %i ms', (strategy, _, change, expected) => {
    expect(completionWaitMs({ ...waiting, ...change, strategy })).toBe(expected);
  });
});

const time = fc.integer({ min: NOW - 10 * MINUTE, max: NOW });
const state: fc.Arbitrary<WaitState> = fc.record({
  strategy: fc.oneof(
    fc.constantFrom<FlushStrategy>({ kind: 'adaptive' }, END, AT_SHUTDOWN),
    fc.record({ kind: fc.constant('periodically' as const), intervalMs: fc.integer({ min: 1, max: 5 * MINUTE }) }),
  ),
  nowMs: fc.constant(NOW),
  invocationsMs: fc.array(time, { maxLength: 8 }).map((times) => [...times.sort((a, b) => a - b), NOW]),
  sealedSegments: fc.nat(3),
  openedMs: fc.option(time, { nil: undefined }),
  batchAgeMs: fc.nat(5 * MINUTE),
  deliveredMs: fc.option(time, { nil: undefined }),
  spoolShort: fc.boolean(),
  destinationReady: fc.boolean(),
  telemetry: fc.boolean(),
  withoutRecord: fc.nat(4),
  budgetMs: fc.nat(1000),
  leftMs: fc.integer({ min: -100, max: 30_000 }),
});
const isEmpty = ({ sealedSegments, openedMs }: FlushState) => sealedSegments === 0 && openedMs === undefined;

describe('whatever the state and the strategy', () => {
  test('nothing is delivered where nothing waits or the destination is down, and `end` delivers in all other cases', () => {
    fc.assert(
      fc.property(state, (any) => {
        const possible = any.destinationReady && !isEmpty(any);
        if (!possible) expect(shouldFlush(any)).toBe(false);
        expect(shouldFlush({ ...any, strategy: END })).toBe(possible);
      }),
    );
  });

  test('what is due once stays due until it is delivered', () => {
    fc.assert(
      fc.property(state, fc.nat(MINUTE), (any, laterMs) => {
        if (shouldFlush(any)) expect(shouldFlush({ ...any, nowMs: any.nowMs + laterMs })).toBe(true);
      }),
    );
  });

  test('a spool that is short of room is emptied as soon as the destination takes anything, unless batches decide', () => {
    fc.assert(
      fc.property(state, (any) => {
        fc.pre(any.strategy.kind !== 'adaptive' && any.spoolShort && any.destinationReady && !isEmpty(any));
        expect(shouldFlush(any)).toBe(true);
      }),
    );
  });

  test('no invocation is held longer than it lasts, nor without telemetry longer than the budget, nor for nothing', () => {
    fc.assert(
      fc.property(state, (any) => {
        const waitMs = completionWaitMs(any);
        expect(waitMs).toBeGreaterThanOrEqual(0);
        expect(waitMs).toBeLessThanOrEqual(Math.max(0, any.leftMs));
        if (!any.telemetry) expect(waitMs).toBeLessThanOrEqual(any.budgetMs);
        if (!any.destinationReady) expect(waitMs).toBe(0);
      }),
    );
  });

  test('an interval of a millisecond is the same as `end`', () => {
    fc.assert(
      fc.property(state, (any) => {
        fc.pre(any.deliveredMs !== NOW);
        expect(shouldFlush({ ...any, strategy: { kind: 'periodically', intervalMs: 1 } })).toBe(
          shouldFlush({ ...any, strategy: END }),
        );
      }),
    );
  });
});
