import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { createTelemetryListener, finishedRequests } from './telemetry.ts';

const done = (requestId: unknown) => ({
  time: '2026-11-24T21:00:00.000Z',
  type: 'platform.runtimeDone',
  record: { requestId, status: 'success' },
});

test('the requests that the runtime is done with are told, of all that telemetry says', () => {
  const start = { type: 'platform.start', record: { requestId: 'b' } };
  expect(finishedRequests(JSON.stringify([done('a'), start, done('c')]))).toEqual(['a', 'c']);
});

test.each(['', '{', 'null', '{}', '[null, 1, "a", [], {}]', JSON.stringify([done(7), { ...done('a'), record: null }])])(
  'what is no telemetry is passed over: %s',
  (body) => {
    expect(finishedRequests(body)).toEqual([]);
  },
);

test('nothing that parses as JSON makes it throw', () => {
  fc.assert(fc.property(fc.json(), (body) => Array.isArray(finishedRequests(body))));
});

test('everything is answered with 200, or it would be sent again', async () => {
  const onRuntimeDone = vi.fn();
  const listener = createTelemetryListener(onRuntimeDone);
  const port = await listener.listen();
  const post = async (body: string) =>
    (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body, headers: { connection: 'close' } })).status;
  expect(await post(JSON.stringify([done('a')]))).toBe(200);
  expect(await post('no JSON')).toBe(200);
  expect(await post(' '.repeat(2_000_000))).toBe(200);
  expect(onRuntimeDone).toHaveBeenCalledExactlyOnceWith('a');
  listener.close();
});
