import { expect, test, vi } from 'vitest';
import { remembered } from './piece-cache.ts';

test('a piece is encoded once', () => {
  const encode = vi.fn((piece: string) => piece.length);
  const cached = remembered(encode);
  expect([cached('Berlin'), cached('Berlin'), cached('\ud83d')]).toEqual([6, 6, 1]);
  expect(encode).toHaveBeenCalledTimes(2);
});

test('what is longer than a word is not kept in memory', () => {
  const encode = vi.fn((piece: string) => piece.length);
  const cached = remembered(encode);
  for (let i = 0; i < 3; i++) expect(cached('x'.repeat(1000))).toBe(1000);
  expect(encode).toHaveBeenCalledTimes(3);
});
