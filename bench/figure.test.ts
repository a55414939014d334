import { describe, expect, test } from 'vitest';
import { comparison, figureOf, overPeers } from './figure.ts';
import { table } from './report.ts';

const meaning = { figure: 'P0', what: 'a thing', goal: 1.01 };

describe('a figure', () => {
  test.each([
    { values: [0.9, 1.01, 1.3], met: true },
    { values: [0.9, 1.02, 1.03], met: false },
  ])('of $values meets its goal with its median: $met', ({ values, met }) => {
    expect(figureOf({ ...meaning, unit: 'ratio' }, values).met).toBe(met);
  });

  test.each([
    { values: [14_000, 15_000], met: false },
    { values: [15_000, 15_001], met: true },
  ])('of $values records/s meets a goal of 15000, which is the least: $met', ({ values, met }) => {
    expect(figureOf({ ...meaning, unit: 'records/s', goal: 15_000 }, values).met).toBe(met);
  });

  const rounds = [
    { ours: [1, 2, 3], peer: [4, 4, 4] },
    { ours: [3, 3, 3], peer: [3, 3, 3] },
    { ours: [2, 2, 9], peer: [5, 5, 5] },
  ];

  test('that is a ratio keeps the milliseconds behind it', () => {
    expect(comparison({ ...meaning, unit: 'ratio' }, rounds, 'ours', 'peer')).toEqual({
      ...meaning,
      unit: 'ratio',
      min: 0.4,
      median: 0.5,
      max: 1,
      met: true,
      p50Ms: { ours: 2, peer: 4 },
      rounds: 3,
    });
  });

  test('that is a difference does so, too', () => {
    expect(comparison({ ...meaning, unit: 'ms', goal: -1 }, rounds, 'ours', 'peer')).toEqual({
      ...meaning,
      goal: -1,
      unit: 'ms',
      min: -3,
      median: -2,
      max: 0,
      met: true,
      p50Ms: { ours: 2, peer: 4 },
      rounds: 3,
    });
  });
});

test('over several others, the goal is about the fastest of them, which comes first', () => {
  const rounds = [
    { ours: [4], slow: [20], fast: [10] },
    { ours: [6], slow: [20], fast: [10] },
    { ours: [5], slow: [20], fast: [50] },
  ];
  const lines = overPeers({ ...meaning, goal: 0.42 }, rounds, 'ours', ['slow', 'fast']);
  expect(lines.map(({ what, goal, median, met }) => ({ what, goal, median, met }))).toEqual([
    { what: 'a thing over fast, the faster', goal: 0.42, median: 0.4, met: true },
    { what: 'a thing over slow', goal: undefined, median: 0.25, met: undefined },
  ]);
});

test('the table has a line for each figure, with its unit', () => {
  const figures = [
    { ...figureOf({ ...meaning, unit: 'ratio' as const }, [0.99, 1, 1.5]), p50Ms: { ours: 30, peer: 30.04 } },
    figureOf({ ...meaning, unit: 'ms', goal: 1 }, [2]),
  ];
  expect(table(figures).split('\n')).toEqual([
    '| figure | what    | goal    | min     | median  | max     | met | p50, ms     |',
    '| ------ | ------- | ------- | ------- | ------- | ------- | --- | ----------- |',
    '| P0     | a thing | <= 1.01 | 0.990   | 1.000   | 1.500   | yes | 30.0 / 30.0 |',
    '| P0     | a thing | <= 1 ms | 2.00 ms | 2.00 ms | 2.00 ms | no  |             |',
  ]);
});
