import { expect, test, vi } from 'vitest';
import { lazySink } from './lazy.ts';
import type { Sink } from './sink.ts';

const BODY = Buffer.from('');
const SIGNAL = new AbortController().signal;

test('a sink is loaded with its first object, once, and again where that failed', async () => {
  const put = vi.fn(async () => {});
  const load = vi.fn<() => Promise<Sink>>(async () => ({ name: 'sink', put }));
  load.mockRejectedValueOnce(new Error('no such module'));
  const sink = lazySink('sink', load);
  expect(load).not.toHaveBeenCalled();
  await expect(sink.put('a', BODY, SIGNAL)).rejects.toThrow('no such module');
  await sink.put('b', BODY, SIGNAL);
  await sink.put('c', BODY, SIGNAL);
  expect(load).toHaveBeenCalledTimes(2);
  expect(put).toHaveBeenCalledTimes(2);
});
