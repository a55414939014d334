import { describe, expect, test } from 'vitest';
import { LENGTHS, questions, questionsAboutOneText } from './inputs.ts';

describe.each(LENGTHS)('questions of %i tokens', (length) => {
  test('are the same on every run', () => {
    expect(questions(length)).toEqual(questions(length));
  });

  test('have contexts of like length, no two of them the same', () => {
    const contexts = questions(length).map(({ context }) => context);
    expect(new Set(contexts).size).toBe(12);
    const words = contexts.map((context) => context.split(' ').length);
    expect(Math.min(...words)).toBeGreaterThan(0.9 * Math.max(...words));
  });
});

test('questions about one text: as many questions and words as were asked for', () => {
  const { questions: asked, context } = questionsAboutOneText(64, 2000);
  expect(asked).toHaveLength(64);
  expect(context.split(' ')).toHaveLength(2000);
});
