import { expect, test } from 'vitest';
import { type Answer, createRanking } from './answers.ts';

function rankAnswers(candidates: Answer[], count: number, nullScore?: number): Answer[] {
  const ranking = createRanking();
  for (const candidate of candidates) ranking.add(candidate);
  return ranking.best(count, nullScore);
}

test('equal texts are one answer with the sum of their scores, where the first of them stands', () => {
  const candidates = [
    { answer: 'Paris', score: 0.3, start: 0, end: 5 },
    { answer: 'Rome', score: 0.5, start: 10, end: 14 },
    { answer: 'PARIS', score: 0.4, start: 20, end: 25 },
  ];
  expect(rankAnswers(candidates, 5)).toEqual([
    { answer: 'Paris', score: 0.7, start: 0, end: 5 },
    { answer: 'Rome', score: 0.5, start: 10, end: 14 },
  ]);
  expect(rankAnswers(candidates, 1)).toHaveLength(1);
  expect(candidates[0]!.score).toBe(0.3);
});

test('that there is no answer is sorted in, and is merged with no other', () => {
  const candidates = [{ answer: 'Paris', score: 0.3, start: 0, end: 5 }];
  const none = { answer: '', score: 0.4, start: 0, end: 0 };
  expect(rankAnswers(candidates, 2, 0.4)).toEqual([none, ...candidates]);
  expect(rankAnswers(candidates, 1, 0.2)).toEqual(candidates);
});

test('texts of any length are merged as short ones are', () => {
  const long = 'ÀÉ '.repeat(10_000);
  const answers = [long, `${long}x`, long.toLowerCase()].map((answer) => ({ answer, score: 0.2, start: 0, end: 1 }));
  expect(rankAnswers(answers, 5)).toEqual([{ ...answers[0], score: 0.4 }, answers[1]]);
});
