import { expect, test } from 'vitest';
import { RecordArrivals } from './record-arrivals.ts';

test('a record that came before anybody asked is not waited for', async () => {
  const arrivals = new RecordArrivals();
  arrivals.arrived('a');
  expect(await arrivals.within(0, 'a')).toBe(true);
});

test('a record ends the wait for it, and for no other', async () => {
  const arrivals = new RecordArrivals();
  const [a, b] = [arrivals.within(60_000, 'a'), arrivals.within(5, 'b')];
  arrivals.arrived('a');
  expect(await a).toBe(true);
  expect(await b).toBe(false);
});
