import { expect, test } from 'vitest';
import { questions } from './inputs.ts';

test('the questions are the same on every run, and others with another seed', () => {
  expect(questions()).toEqual(questions(1));
  expect(questions(2)).not.toEqual(questions(1));
});

test('every context is of like length, and no two are the same', () => {
  const contexts = questions().map(({ context }) => context);
  expect(new Set(contexts).size).toBe(12);
  for (const context of contexts) {
    expect(context.split(' ').length).toBeGreaterThan(300);
    expect(context.split(' ').length).toBeLessThanOrEqual(324);
  }
});
