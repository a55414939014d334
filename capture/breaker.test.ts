import { expect, test } from 'vitest';
import { admits, afterFailure, afterPermanentFailure, type Breaker, CLOSED } from './breaker.ts';

const POLICY = { threshold: 3, openMs: 1000, maxOpenMs: 3000 };
const after = (failures: number, nowMs: number): Breaker =>
  Array(failures)
    .fill(0)
    .reduce((breaker) => afterFailure(breaker, POLICY, nowMs), CLOSED);

test.each([
  [0, 0],
  [2, 0],
  [3, 1000],
  [4, 2000],
  [5, 3000],
  [500, 3000],
])('after %i failures in a row it stays open for %i ms', (failures, openMs) => {
  const breaker = after(failures, 10_000);
  expect(admits(breaker, 10_000 + openMs)).toBe(true);
  if (openMs > 0) expect(admits(breaker, 10_000 + openMs - 1)).toBe(false);
});

test('after a failure that no repetition will mend it stays open for the longest time at once', () => {
  const breaker = afterPermanentFailure(CLOSED, POLICY, 10_000);
  expect(admits(breaker, 12_999)).toBe(false);
  expect(admits(breaker, 13_000)).toBe(true);
});
