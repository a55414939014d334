import { afterEach, expect, test, vi } from 'vitest';
import { createConnection } from '../capture/connection.ts';
import { MAX_BODY_BYTES } from '../capture/wire.ts';
import { Counters } from './counters.ts';
import type { Intake } from './intake.ts';
import { createReceiver, type Receiver } from './receiver.ts';

const running: Receiver[] = [];
afterEach(() => Promise.all(running.splice(0).map((receiver) => receiver.drain(1000))));

const STATS = { received: 3, recovered: 0, delivered: 1, dropped: {}, pending: 2, spoolBytes: 10 } as never;
const TAKING: Intake = { take: (text) => ({ accepted: true, requestId: `request of ${text}` }), close: () => {} };

async function setUp(intake = TAKING) {
  const counters = new Counters();
  const onRecord = vi.fn();
  const receiver = createReceiver({ intake, counters, stats: () => STATS, onRecord });
  running.push(receiver);
  const port = await receiver.listen(0);
  const call = async (method: string, path: string, body?: string, type = 'application/json') => {
    const headers = { 'content-type': type, connection: 'close' };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, body: body ?? null });
    return { status: response.status, body: await response.json() };
  };
  return { counters, onRecord, receiver, port, call };
}

test('a JSON body is one record', async () => {
  const { call, onRecord } = await setUp();
  expect(await call('POST', '/v1/records', '{\n}', 'Application/JSON; charset=utf-8')).toEqual({
    status: 202,
    body: { accepted: 1 },
  });
  expect(onRecord).toHaveBeenCalledExactlyOnceWith('request of {\n}');
});

test('an NDJSON body is a record a line', async () => {
  const { call, onRecord } = await setUp();
  expect(await call('POST', '/v1/records', '{"a":1}\n\n{"b":2}\n', 'application/x-ndjson')).toMatchObject({
    body: { accepted: 2 },
  });
  expect(onRecord.mock.calls.flat()).toEqual(['request of {"a":1}', 'request of {"b":2}']);
});

test('the first record that is refused ends its body, and the answer says how many were taken before', async () => {
  const { call, counters } = await setUp({
    take: (text) => (text === 'b' ? { accepted: false, code: 'SPOOL_FULL', message: 'full' } : TAKING.take(text)),
    close: () => {},
  });
  expect(await call('POST', '/v1/records', 'a\nb\nc\nd', 'application/x-ndjson')).toEqual({
    status: 503,
    body: { error: { code: 'SPOOL_FULL', message: 'full', details: { accepted: 1 } } },
  });
  expect(counters.dropped.SPOOL_FULL).toBe(2);
});

test('stats and health can be read', async () => {
  const { call } = await setUp();
  expect(await call('GET', '/v1/stats')).toEqual({ status: 200, body: STATS });
  expect(await call('GET', '/v1/health')).toEqual({ status: 200, body: { status: 'ok' } });
});

test.each([
  ['GET', '/v1/records', undefined, 'application/json', 405, 'METHOD_NOT_ALLOWED', 0],
  ['POST', '/v1/stats', '{}', 'application/json', 405, 'METHOD_NOT_ALLOWED', 0],
  ['GET', '/', undefined, 'application/json', 404, 'NOT_FOUND', 0],
  ['POST', '/v1/records', '{}', 'text/plain', 415, 'UNSUPPORTED_MEDIA_TYPE', 1],
  ['POST', '/v1/records', 'x'.repeat(MAX_BODY_BYTES + 1), 'application/json', 413, 'BODY_TOO_LARGE', 1],
])('%s %s with a wrong body, path or type is refused', async (method, path, body, type, status, code, lost) => {
  const { call, counters } = await setUp();
  expect(await call(method, path, body, type)).toMatchObject({ status, body: { error: { code } } });
  expect(counters.received).toBe(lost);
});

test('draining closes a connection of the capture client that is idle', async () => {
  const { receiver, port } = await setUp();
  const connection = createConnection(port);
  expect(await connection.post('{}', 1000)).toMatchObject({ status: 202 });
  await receiver.drain(60_000);
  expect(await connection.post('{}', 1000)).toBe('unreachable');
});

test('a fault of the intake is a 500 to the capture client, and the connection goes on', async () => {
  const take = vi.fn(TAKING.take).mockImplementationOnce(() => {
    throw new Error('a fault');
  });
  const { port } = await setUp({ take, close: () => {} });
  const connection = createConnection(port);
  expect(await connection.post('{}', 1000)).toEqual({ status: 500, text: '{"error":"a fault"}' });
  expect(await connection.post('{}', 1000)).toMatchObject({ status: 202 });
  connection.close();
});

test('draining answers the request under way and takes no other', async () => {
  const { receiver, port, call } = await setUp();
  const first = await call('POST', '/v1/records', '{}');
  await receiver.drain(1000);
  expect(first.status).toBe(202);
  await expect(fetch(`http://127.0.0.1:${port}/v1/health`)).rejects.toThrow();
});

test('a busy port is an error that the caller sees', async () => {
  const { port } = await setUp();
  const second = createReceiver({ intake: TAKING, counters: new Counters(), stats: () => STATS, onRecord: () => {} });
  await expect(second.listen(port)).rejects.toThrow('EADDRINUSE');
});
