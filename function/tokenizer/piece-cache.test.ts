import { expect, test, vi } from 'vitest';
import { remembered } from './piece-cache.ts';

test('a piece is remembered when it comes again', () => {
  const encode = vi.fn((piece: string) => piece.length);
  const cached = remembered(encode);
  const pieces = ['Berlin', 'once', 'Berlin', 'Berlin', '\ud83d', '\ud83d', '\ud83d', 'Berlin'];
  expect(pieces.map((piece) => cached(piece))).toEqual(pieces.map((piece) => piece.length));
  expect(encode.mock.calls.map(([piece]) => piece)).toEqual(['Berlin', 'once', 'Berlin', '\ud83d', '\ud83d']);
});

test('pieces that come once leave nothing behind', () => {
  const cached = remembered((piece) => ({ piece }));
  const first = cached('word0');
  for (let i = 1; i < 100; i++) cached(`word${i}`);
  expect(cached('word0')).not.toBe(first);
});

test('a piece that is longer than any word is not remembered', () => {
  const encode = vi.fn((piece: string) => piece.length);
  const cached = remembered(encode);
  for (let i = 0; i < 3; i++) expect(cached('x'.repeat(1000))).toBe(1000);
  expect(encode).toHaveBeenCalledTimes(3);
});
