import fs from 'node:fs';
import { expect, test, vi } from 'vitest';
import { setUp } from './fixtures/delivering.ts';

test('segments go out oldest first, and leave the spool when they are there', async () => {
  const { delivery, spool, counters, attempts, objects, at } = setUp(['stores'], 3);
  await delivery.deliver(at(500));
  expect(attempts.map((key) => objects.get(key))).toEqual(['{"n":0}  \n', '{"n":1}  \n', '{"n":2}  \n']);
  expect(counters.delivered).toBe(3);
  expect(spool.pending).toBe(0);
});

test('a failed attempt is repeated under the same key after a growing pause', async () => {
  const { delivery, counters, attempts, sleep, log, at } = setUp(['fails', 'fails', 'stores']);
  await delivery.deliver(at(500));
  expect(log).toHaveBeenCalledExactlyOnceWith(
    'WARN',
    expect.stringContaining('all records are delivered'),
    expect.objectContaining({ failures: 2, cause: 'Error: 503 SlowDown' }),
  );
  expect(new Set(attempts).size).toBe(1);
  expect(attempts).toHaveLength(3);
  expect(sleep.mock.calls).toEqual([[50], [100]]);
  expect(counters.delivered).toBe(1);
});

test('an object whose answer was lost is written again as the same object', async () => {
  const { delivery, counters, objects, at } = setUp(['stores, but the answer is lost', 'stores']);
  await delivery.deliver(at(500));
  expect(objects.size).toBe(1);
  expect(counters.delivered).toBe(1);
});

test('one segment is on its way at a time, unless there are lanes for more', async () => {
  const one = setUp(['stores'], 6);
  await one.delivery.deliver(one.at(500));
  expect(Math.max(...one.onTheWay)).toBe(1);

  const four = setUp(['stores', 'fails', 'stores'], 9, { holdMs: 20 });
  await four.delivery.deliver(four.at(500), { lanes: 4 });
  expect(Math.max(...four.onTheWay)).toBe(4);
  expect(four.objects.size).toBe(9);
  expect(four.attempts).toHaveLength(10);
  expect(four.counters.delivered).toBe(9);
});

test('segments on their way together take no more memory than is meant for them', async () => {
  const { delivery, onTheWay, objects, at } = setUp(['stores'], 6, { bytes: 7_000_000, holdMs: 50 });
  await delivery.deliver(at(500), { lanes: 4 });
  expect(Math.max(...onTheWay)).toBe(2);
  expect(objects.size).toBe(6);
});

test('a delivery can be ended, and the next takes over what was on its way', async () => {
  const { delivery, attempts, objects, log, at } = setUp(['stores'], 3);
  await delivery.deliver(at(500), { signal: AbortSignal.abort() });
  expect(attempts).toEqual([]);
  await delivery.deliver(at(500));
  expect(objects.size).toBe(3);
  expect(log).not.toHaveBeenCalled();
});

test('a delivery is complete when it has left nothing behind that it could read', async () => {
  const { delivery, spool, at, pass } = setUp(['fails', 'fails', 'fails', 'stores'], 2);
  await delivery.deliver(at(500));
  await delivery.deliver(at(0));
  expect(delivery.completedMs).toBeUndefined();
  pass(5_000);
  await delivery.deliver(at(500));
  expect(delivery.completedMs).toBe(at(0));

  pass(1);
  spool.append(Buffer.from('{"n":9}\n'), new Date(at(0)));
  spool.seal();
  vi.spyOn(spool, 'read').mockRejectedValue(new Error('EIO'));
  await delivery.deliver(at(500));
  expect(spool.pending).toBe(1);
  expect(delivery.completedMs).toBe(at(0));
});

test('no attempt begins after the deadline, and none may last longer', async () => {
  const { delivery, attempts, at } = setUp(['takes a second and fails']);
  const timeout = vi.spyOn(AbortSignal, 'timeout');
  await delivery.deliver(at(500));
  expect(attempts).toHaveLength(1);
  expect(timeout).toHaveBeenCalledWith(500);
});

test('a segment that somebody emptied is counted as lost and does not hold up the others', async () => {
  const { delivery, spool, counters, attempts, at } = setUp(['stores'], 2);
  fs.truncateSync(spool.sealed[0]!.file);
  await delivery.deliver(at(500));
  expect(attempts).toHaveLength(1);
  expect(counters).toMatchObject({ delivered: 1, dropped: { VANISHED: 1 } });
});

test('a segment that the disk does not give is no fault of the destination, and does not hold up the others', async () => {
  const { delivery, spool, counters, attempts, log, at } = setUp(['stores'], 3);
  const [unreadable] = spool.sealed;
  const real = spool.read.bind(spool);
  vi.spyOn(spool, 'read').mockImplementation(async (segment) => {
    if (segment === unreadable) throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
    return real(segment);
  });
  for (let i = 0; i < 2; i++) await delivery.deliver(at(500), { lastChance: true, lanes: 2 });
  expect(attempts).toHaveLength(2);
  expect(counters.delivered).toBe(2);
  expect(spool.pending).toBe(1);
  expect(delivery.ready).toBe(true);
  expect(log.mock.calls).toEqual([
    ['ERROR', 'a segment of the spool cannot be read; it stays in the spool', expect.objectContaining({ records: 1 })],
  ]);
  vi.mocked(spool.read).mockRestore();
  await delivery.deliver(at(500));
  expect(spool.pending).toBe(0);
});

test('a segment whose key another object has is delivered under a new one', async () => {
  const { delivery, spool, counters, attempts, objects, log, at } = setUp(['finds another object', 'stores'], 2);
  const [first, second] = spool.sealed.map(({ key }) => key) as [string, string];
  await delivery.deliver(at(500));
  expect(attempts).toEqual([first, expect.not.stringContaining(first), second]);
  expect([...objects.values()]).toEqual(['{"n":0}  \n', '{"n":1}  \n']);
  expect(counters.delivered).toBe(2);
  expect(log).toHaveBeenCalledExactlyOnceWith('WARN', expect.stringContaining('has the key'), expect.anything());
});

test('each object that the sink took is told, with its bytes and the time of the attempt that succeeded', async () => {
  const { delivery, at, onDelivered, debug } = setUp(['takes a second and fails', 'stores'], 2, { bytes: 100 });
  await delivery.deliver(at(5000), { lastChance: true });
  expect(onDelivered.mock.calls).toEqual([[{ bytes: 100, ms: 0 }], [{ bytes: 100, ms: 0 }]]);
  expect(debug.mock.calls).toEqual(
    Array(2).fill(['an object is delivered', { key: expect.any(String), records: 1, bytes: 100, ms: 0 }]),
  );
});
