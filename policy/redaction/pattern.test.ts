import { expect, test } from 'vitest';
import { createPatternFind } from './pattern.ts';

test.each([
  [
    'EMP-\\d{3}',
    'EMP-123, EMP-1234',
    [
      [0, 7],
      [9, 16],
    ],
  ],
  ['^\\w+$', 'häß', []],
  ['^\\pL+$', 'häß😀', []],
  ['(?i)secret', 'a SECRET', [[2, 8]]],
  ['x*', 'axxb', [[1, 3]]],
  ['x*', '', []],
  [
    '.',
    '😀b',
    [
      [0, 2],
      [2, 3],
    ],
  ],
])('%s finds in %j', (pattern, text, spans) => {
  expect(createPatternFind('own', pattern)(text).map(({ start, end }) => [start, end])).toEqual(spans);
});

// A backtracking engine would take longer than the universe is old.
test.each(['(a+)+$', '(a|aa)+$', '(.*a){20}$', '([a-z]+)*\\d'])('%s ends on a text that nearly matches', (pattern) => {
  expect(createPatternFind('own', pattern)(`${'a'.repeat(50_000)}!`)).toEqual([]);
});

test('after ten thousand findings the rest of the text counts as one', () => {
  const findings = createPatternFind('own', 'a')('a'.repeat(10_002));
  expect(findings).toHaveLength(10_001);
  expect(findings.at(-1)).toEqual({ start: 10_000, end: 10_002, name: 'own' });
});

test.each(['(a)\\1', '(?=a)', '(', 'a{2000}'])('%s is no pattern', (pattern) => {
  expect(() => createPatternFind('own', pattern)).toThrow(
    'Expected the "pattern" of the rule "own" to be a regular expression of RE2',
  );
});
