import { describe, expect, test } from 'vitest';
import { measureInterleaved, type Subject, turnOrder } from './interleave.ts';

describe('the order of turns', () => {
  test.each([
    { count: 1, orders: ['0', '0', '0'] },
    { count: 2, orders: ['01', '10', '10', '01', '01', '10'] },
    { count: 3, orders: ['012', '120', '201', '210', '021', '102', '012'] },
  ])('of $count subjects alternates', ({ count, orders }) => {
    expect(orders.map((_, turn) => turnOrder(count, turn).join(''))).toEqual(orders);
  });

  test('puts each subject in each place equally often', () => {
    const firsts = Array.from({ length: 12 }, (_, turn) => turnOrder(3, turn)[0]);
    expect([0, 1, 2].map((subject) => firsts.filter((first) => first === subject).length)).toEqual([4, 4, 4]);
  });
});

describe('an interleaved measurement', () => {
  const questions = ['a', 'b'].map((id) => ({ id, question: `${id}?`, context: id }));
  const subject = (name: string, asked: string[]): Subject => ({
    name,
    async ask({ id }) {
      asked.push(`${name}${id}`);
      return { ms: asked.length, answer: `${name} says ${id}` };
    },
  });

  test('asks every subject a question before the next, and leaves out the warm-up', async () => {
    const asked: string[] = [];
    const steps: string[] = [];
    const subjects = [subject('A', asked), subject('B', asked)];

    const { rounds, answers } = await measureInterleaved(subjects, questions, {
      rounds: 1,
      pauseMs: 0,
      progress: (done, all) => steps.push(`${done}/${all}`),
    });

    expect(asked.join(' ')).toBe('Aa Ba Bb Ab Ba Aa Ab Bb Aa Ba Bb Ab');
    expect(rounds).toEqual([{ A: [9, 12], B: [10, 11] }]);
    expect(answers).toEqual({ A: ['A says a', 'A says b'], B: ['B says a', 'B says b'] });
    expect(steps).toEqual(['1/3', '2/3', '3/3']);
  });

  test('ends with the error of a subject that cannot answer', async () => {
    const broken: Subject = { name: 'broken', ask: () => Promise.reject(new Error('no model')) };
    const measurement = measureInterleaved([broken], questions, { rounds: 1, pauseMs: 0, progress: () => {} });
    await expect(measurement).rejects.toThrow('no model');
  });
});
