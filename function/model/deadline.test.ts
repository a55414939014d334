import { expect, test } from 'vitest';
import { DeadlineExceededError, type DeadlineGuard, deadlineGuard, NOTHING_MEASURED } from './deadline.ts';

/** An answer with so much time, on a clock that only its windows move. */
function answerWithin(budgetMs: number, known = NOTHING_MEASURED) {
  let clock = 0;
  const model = { ...known };
  const guard = deadlineGuard(
    () => budgetMs - clock,
    () => clock,
    model,
  );
  const passes = (ms: number) => {
    clock += ms;
  };
  return { guard, model, passes };
}

/** Runs windows of these lengths; how many there was time for. */
async function windowsRun(
  { guard, passes }: { guard: DeadlineGuard; passes: (ms: number) => void },
  windows: { ms: number; tokens: number }[],
): Promise<number> {
  let ended = 0;
  let tokensAfter = windows.reduce((sum, { tokens }) => sum + tokens, 0);
  try {
    for (const { ms, tokens } of windows) {
      tokensAfter -= tokens;
      await guard.inTime(tokens, tokensAfter, async () => passes(ms));
      ended++;
    }
  } catch (error) {
    expect(error).toBeInstanceOf(DeadlineExceededError);
  }
  return ended;
}

const alike = (...lengthsMs: number[]) => lengthsMs.map((ms) => ({ ms, tokens: 100 }));

test.each([
  ['no time at all', 0, alike(10), 0],
  ['time for the first, which nothing is known of', 1, alike(10, 10), 1],
  ['time for all', 31, alike(10, 10, 10), 3],
  ['exactly no time for the third: refused after the first', 30, alike(10, 10, 10), 1],
  ['twenty windows of 1.5 s and 28 s: refused after the first', 28_000, alike(...Array(20).fill(1500)), 1],
  ['a text that would take an hour', 28_000, alike(...Array(100_000).fill(36)), 1],
  ['one window that was held up: the others are not taken for as slow', 100, alike(10, 60, 10, 10), 2],
  ['one that was held up early, of a text that there is time for', 200, alike(10, 60, 10, 10, 10), 5],
  ['a last window that is shorter than the others', 31, [...alike(10, 10), { ms: 9, tokens: 99 }], 3],
  [
    'a window that is longer than the one before',
    31,
    [
      { ms: 10, tokens: 100 },
      { ms: 30, tokens: 300 },
    ],
    1,
  ],
])('%s', async (_, budgetMs, windows, expected) => {
  expect(await windowsRun(answerWithin(budgetMs), windows)).toBe(expected);
});

const known = { windows: 3, fastest: 1.5 };
test.each([
  ['does not run where even the fastest that the model ever was takes longer', 149, known, 0],
  ['runs where that would do', 151, known, 1],
  ['runs where too little is known of the model', 149, { ...known, windows: 2 }, 1],
])('the first window %s', async (_, budgetMs, pace, expected) => {
  expect(await windowsRun(answerWithin(budgetMs, pace), alike(150))).toBe(expected);
});

test('a slow answer leaves nothing behind that would refuse the next one', async () => {
  const slow = answerWithin(Number.POSITIVE_INFINITY, { windows: 3, fastest: 0.1 });
  await windowsRun(slow, alike(60_000, 60_000));
  expect(slow.model).toEqual({ windows: 5, fastest: 0.1 });
  expect(await windowsRun(answerWithin(28_000, slow.model), alike(10))).toBe(1);
});

test('the fastest window of all answers is remembered', async () => {
  const answer = answerWithin(Number.POSITIVE_INFINITY);
  await windowsRun(answer, alike(30, 20, 40));
  expect(answer.model).toEqual({ windows: 3, fastest: 0.2 });
});

test('a text is not read on when time is up', () => {
  const { guard, passes } = answerWithin(10);
  const readOn = () => {
    for (let i = 0; i < 1000; i++) guard.checkTime();
  };
  readOn();
  passes(10);
  expect(readOn).toThrow(DeadlineExceededError);
});
