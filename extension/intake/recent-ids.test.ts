import { expect, test } from 'vitest';
import { RecentIds } from './recent-ids.ts';

test('the last ids are remembered, and each new one makes the oldest forgotten, round after round', () => {
  const recent = new RecentIds<number>(3);
  for (let i = 0; i < 10; i++) {
    recent.set(`${i}`, i);
    const known = Array.from({ length: 10 }, (_, id) => id).filter((id) => recent.get(`${id}`) === id);
    expect(known).toEqual([i - 2, i - 1, i].filter((id) => id >= 0));
  }
});

test('an id that comes again takes the place of no other', () => {
  const recent = new RecentIds<number>(2);
  for (const [at, id] of ['a', 'b', 'b', 'b'].entries()) recent.set(id, at);
  expect([recent.get('a'), recent.get('b')]).toEqual([0, 3]);
});
