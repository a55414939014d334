import { describe, expect, test } from 'vitest';
import { quantile, roundRatios, spread } from './statistics.ts';

describe('quantile', () => {
  // numpy.quantile gives the same.
  test.each([
    { values: [7], p: 0.5, expected: 7 },
    { values: [1, 2], p: 0.5, expected: 1.5 },
    { values: [3, 1, 2], p: 0.5, expected: 2 },
    { values: [1, 2, 3, 4], p: 0, expected: 1 },
    { values: [1, 2, 3, 4], p: 1, expected: 4 },
    { values: [1, 2, 3, 4], p: 0.25, expected: 1.75 },
    { values: [10, 9, 100], p: 0.5, expected: 10 },
    { values: Array.from({ length: 101 }, (_, i) => i), p: 0.99, expected: 99 },
  ])('of $values at $p is $expected', ({ values, p, expected }) => {
    expect(quantile(values, p)).toBeCloseTo(expected, 12);
  });

  test('leaves the sample in its order', () => {
    const values = [3, 1, 2];
    quantile(values, 0.5);
    expect(values).toEqual([3, 1, 2]);
  });

  test.each([
    { name: 'an empty sample', values: [], p: 0.5, message: 'Expected at least one value' },
    { name: 'p above 1', values: [1], p: 99, message: 'Expected `p` from 0 to 1, got 99' },
    { name: 'no number', values: [1], p: Number.NaN, message: 'got NaN' },
  ])('refuses $name', ({ values, p, message }) => {
    expect(() => quantile(values, p)).toThrow(message);
  });
});

test('a spread is least, middle and most', () => {
  expect(spread([5, 1, 3, 2])).toEqual({ min: 1, median: 2.5, max: 5 });
});

describe('ratios by round', () => {
  const rounds = [
    { ours: [10, 11, 90], peer: [20, 22, 24] },
    { ours: [30, 33, 36], peer: [66, 60, 72] },
  ];

  test('compare p50 with p50 of the same round, so that a slow round cancels', () => {
    expect(roundRatios(rounds, 'ours', 'peer')).toEqual([0.5, 0.5]);
  });

  test('need both subjects in every round', () => {
    expect(() => roundRatios(rounds, 'ours', 'absent')).toThrow('Expected at least one value, got none');
  });
});
