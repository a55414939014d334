import { expect, test } from 'vitest';
import { RecentIds } from './recent-ids.ts';

test('the last ids are remembered, and each new one makes the oldest forgotten, round after round', () => {
  const recent = new RecentIds(3);
  for (let i = 0; i < 10; i++) {
    recent.add(`${i}`);
    const known = Array.from({ length: 10 }, (_, id) => id).filter((id) => recent.has(`${id}`));
    expect(known).toEqual([i - 2, i - 1, i].filter((id) => id >= 0));
  }
});

test('an id that comes again takes the place of no other', () => {
  const recent = new RecentIds(2);
  for (const id of ['a', 'b', 'b', 'b']) recent.add(id);
  expect([recent.has('a'), recent.has('b')]).toEqual([true, true]);
});
