import fc from 'fast-check';
import { expect, test } from 'vitest';
import { truncatedLengths } from './truncation.ts';

test.each([
  [{ first: 4, second: 6 }, 10, { first: 4, second: 6 }],
  [{ first: 11, second: 0 }, 10, { first: 10, second: 0 }],
  [{ first: 4, second: 9 }, 10, { first: 4, second: 6 }],
  [{ first: 9, second: 4 }, 10, { first: 6, second: 4 }],
  [{ first: 9, second: 8 }, 10, { first: 5, second: 5 }],
  [{ first: 9, second: 8 }, 9, { first: 5, second: 4 }],
  [{ first: 8, second: 8 }, 9, { first: 4, second: 5 }],
  [{ first: 3, second: 3 }, 0, { first: 0, second: 0 }],
])('of %j, %i tokens keep %j', (lengths, room, expected) => {
  expect(truncatedLengths(lengths, room)).toEqual(expected);
});

const length = fc.nat({ max: 600 });

test('texts that do not fit fill the room, and the longer one is never cut to less than the shorter', () => {
  fc.assert(
    fc.property(length, length, fc.nat({ max: 600 }), (first, second, room) => {
      const kept = truncatedLengths({ first, second }, room);
      expect(kept.first + kept.second).toBe(Math.min(first + second, room));
      expect(kept.first).toBeLessThanOrEqual(first);
      expect(kept.second).toBeLessThanOrEqual(second);
      if (first > second) expect(kept.first).toBeGreaterThanOrEqual(kept.second);
      if (first < second) expect(kept.first).toBeLessThanOrEqual(kept.second);
    }),
  );
});
