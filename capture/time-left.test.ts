import { expect, test } from 'vitest';
import { createTimekeeper } from './time-left.ts';

/** An environment with a time-out of 28 s, and a monotonic clock beside that of the day. */
function environment() {
  let monotonic = 5_000_000;
  let ofDay = 1_800_000_000_000;
  const timeLeftOf = createTimekeeper(() => monotonic);
  return {
    passes: (ms: number) => {
      monotonic += ms;
      ofDay += ms;
    },
    clockIsSetBy: (ms: number) => {
      ofDay += ms;
    },
    /** @param late what passes between the deadline's making and the handler's start, on the clock of the day */
    invoke: (late = 0) => {
      const deadline = ofDay + 28_000 - late;
      return timeLeftOf(() => Math.max(0, deadline - ofDay));
    },
  };
}

test('what is left falls with the monotonic clock', () => {
  const { invoke, passes } = environment();
  const left = invoke()!;
  expect(left()).toBe(28_000);
  passes(27_000);
  expect(left()).toBe(1000);
  passes(2000);
  expect(left()).toBe(-1000);
});

test.each([3_600_000, -3_600_000])(
  'a clock that is set by %i ms in the midst of an invocation changes nothing',
  (ms) => {
    const { invoke, passes, clockIsSetBy } = environment();
    const left = invoke()!;
    passes(1000);
    clockIsSetBy(ms);
    expect(left()).toBe(27_000);
  },
);

test.each([
  ['in the past', 3_600_000],
  ['hours away', -3_600_000],
])('with a deadline that is %s at the start, the time-out of the invocation before counts', (_, late) => {
  const { invoke, passes } = environment();
  expect(invoke(late)).toBeUndefined(); // nothing is known yet: a question is answered, and takes its time
  invoke();
  const left = invoke(late)!;
  passes(20_000);
  expect(left()).toBe(8000);
});

test('where Lambda tells nothing, nothing is known', () => {
  const timeLeftOf = createTimekeeper(() => 0);
  expect(timeLeftOf()).toBeUndefined();
  expect(timeLeftOf(() => Number.NaN)).toBeUndefined();
});
