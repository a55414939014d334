import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deadlines } from './deadlines.ts';

const HOUR_MS = 3_600_000;
/** When Lambda's clock and ours agree, this is where the epoch lies on ours. */
const WALL_MS = 1_000_000_000_000;

/** A process whose wall clock is so much ahead of Lambda's. `of` is told when an event has come, and how long Lambda gave it. */
function setUp() {
  let nowMs = 5_000;
  let aheadMs = 0;
  const subject = deadlines({ now: () => nowMs, wallNow: () => WALL_MS + nowMs + aheadMs });
  return {
    asked: () => subject.asked(),
    pass: (ms: number) => (nowMs += ms),
    step: (ms: number) => (aheadMs += ms),
    /** What is left of an event of which so much was left. */
    leftOf: (eventType: 'INVOKE' | 'SHUTDOWN', leftMs: number) =>
      subject.of({ eventType, deadlineMs: WALL_MS + nowMs + leftMs }) - nowMs,
  };
}

test.each([
  ['INVOKE', 30_000],
  ['INVOKE', 900_000],
  ['INVOKE', 900_100],
  ['SHUTDOWN', 2_000],
  ['SHUTDOWN', 700],
] as const)('where the clocks agree, or nearly, an %s has what Lambda says: %i ms', (eventType, leftMs) => {
  expect(setUp().leftOf(eventType, leftMs)).toBe(leftMs);
});

test.each([HOUR_MS, -HOUR_MS, 10_000, -10_000])(
  'a wall clock that stepped by %i ms leaves a SHUTDOWN its time',
  (step) => {
    const process = setUp();
    process.asked();
    process.pass(60_000); // waited for it
    process.step(step);
    expect(process.leftOf('SHUTDOWN', 2_000)).toBe(2_000);
  },
);

test.each([
  ['half a second', 500, 1_500],
  ['longer than the whole of it', 60_000, 500],
])(
  'of a SHUTDOWN that came while the process was busy for %s, no more is taken to be left than can be',
  (_, busyMs, left) => {
    const { asked, pass, step, leftOf } = setUp();
    asked();
    pass(1_000);
    leftOf('INVOKE', 30_000);
    pass(busyMs);
    asked();
    step(HOUR_MS);
    expect(leftOf('SHUTDOWN', 2_000 - busyMs)).toBe(left);
  },
);

test('an INVOKE whose deadline cannot be has as long as the last one whose could, or as functions have that say nothing', () => {
  const { step, leftOf } = setUp();
  step(HOUR_MS);
  expect(leftOf('INVOKE', 30_000)).toBe(3_000);
  step(-HOUR_MS);
  expect(leftOf('INVOKE', 30_000)).toBe(30_000);
  step(-HOUR_MS);
  expect(leftOf('INVOKE', 30_000)).toBe(30_000);
});

test('whatever the wall clock does, there is time for a delivery, and never more than Lambda gives', () => {
  const event = fc.record({
    stepMs: fc.integer({ min: -10 * HOUR_MS, max: 10 * HOUR_MS }),
    waitMs: fc.nat(HOUR_MS),
    shutdown: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 10 }), (events) => {
      const { asked, pass, step, leftOf } = setUp();
      for (const { stepMs, waitMs, shutdown } of events) {
        asked();
        pass(waitMs);
        step(stepMs);
        const leftMs = shutdown ? leftOf('SHUTDOWN', 2_000) : leftOf('INVOKE', 30_000);
        expect(leftMs).toBeGreaterThan(0);
        expect(leftMs).toBeLessThanOrEqual(shutdown ? 2_000 : 901_000);
      }
    }),
  );
});
