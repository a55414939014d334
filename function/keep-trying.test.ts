import { expect, test } from 'vitest';
import { keepTrying } from './keep-trying.ts';

test('a load that succeeded is shared, and one that failed is tried again', async () => {
  let calls = 0;
  const load = keepTrying(async () => {
    calls += 1;
    if (calls < 3) throw new Error('not yet');
    return calls;
  });
  await expect(load()).rejects.toThrow('not yet');
  await expect(load()).rejects.toThrow('not yet');
  expect(await Promise.all([load(), load()])).toEqual([3, 3]);
  expect(calls).toBe(3);
});
