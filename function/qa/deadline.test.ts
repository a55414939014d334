import { expect, test } from 'vitest';
import { DeadlineExceededError, deadlineGuard } from './deadline.ts';

/** Runs windows of these lengths within the time given; how many there was time for. */
async function windowsWithin(budgetMs: number, lengthsMs: number[]): Promise<number> {
  let clock = 0;
  let ended = 0;
  const inTime = deadlineGuard(
    () => budgetMs - clock,
    () => clock,
  );
  try {
    for (const length of lengthsMs) {
      await inTime(async () => {
        clock += length;
      });
      ended++;
    }
  } catch (error) {
    expect(error).toBeInstanceOf(DeadlineExceededError);
  }
  return ended;
}

test.each([
  ['no time at all', 0, [10], 0],
  ['time for the first', 1, [10, 10], 1],
  ['time for two of three', 25, [10, 10, 10], 2],
  ['exactly no time for the third', 30, [10, 10, 10], 2],
  ['time for all', 31, [10, 10, 10], 3],
  ['the slowest counts', 61, [30, 1, 1], 2],
])('%s', async (_, budgetMs, lengthsMs, expected) => {
  expect(await windowsWithin(budgetMs, lengthsMs)).toBe(expected);
});
