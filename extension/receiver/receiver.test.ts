import net from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { createConnection, type Reply } from '../../capture/connection.ts';
import { MAX_BODY_BYTES } from '../../capture/wire.ts';
import { createTallies } from '../accounting/tallies.ts';
import { STATS, startReceiver, TAKING } from './fixtures/receiving.ts';
import { createReceiver } from './receiver.ts';

test('a JSON body is one record', async () => {
  const { call, onRecord } = await startReceiver();
  expect(await call('POST', '/v1/records', '{\n}', 'Application/JSON; charset=utf-8')).toEqual({
    status: 202,
    body: { accepted: 1 },
  });
  expect(onRecord).toHaveBeenCalledExactlyOnceWith('request of {\n}');
});

test('labels have a path of their own, and what is refused there counts as a label', async () => {
  const labels: string[] = [];
  const take = (text: string | Uint8Array) => {
    labels.push(String(text));
    return { accepted: true } as const;
  };
  const { call, tallies, onRecord } = await startReceiver(TAKING, undefined, undefined, { take, close: () => {} });
  const taken = await call('POST', '/v1/labels', '{"a":1}\n\n{"b":2}', 'application/x-ndjson');
  expect(taken).toEqual({ status: 202, body: { accepted: 2 } });
  expect(labels).toEqual(['{"a":1}', '{"b":2}']);
  expect(onRecord).not.toHaveBeenCalled(); // a label ends no invocation
  expect(await call('POST', '/v1/labels', '{}', 'text/csv')).toMatchObject({ status: 415 });
  expect(await call('GET', '/v1/labels')).toMatchObject({ status: 405 });
  expect([tallies.label.received, tallies.record.received]).toEqual([1, 0]);
});

test('stats and health can be read', async () => {
  const { call } = await startReceiver();
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
  const { call, counters } = await startReceiver();
  expect(await call(method, path, body, type)).toMatchObject({ status, body: { error: { code } } });
  expect(counters.received).toBe(lost);
});

test('draining closes a connection of the capture client that is idle', async () => {
  const { receiver, port } = await startReceiver();
  const connection = createConnection(port);
  expect(await connection.post('{}', 1000)).toMatchObject({ status: 202 });
  await receiver.drain(60_000);
  expect(await connection.post('{}', 1000)).toBe('broken');
});

test('a fault of the intake is an answer of the wire, the record counts, and the connection goes on', async () => {
  const take = vi.fn(TAKING.take).mockImplementationOnce(() => {
    throw new TypeError('a message that may quote a record');
  });
  const { port, counters, log } = await startReceiver({ take, close: () => {} });
  const connection = createConnection(port);
  const { status, text } = (await connection.post('{}', 1000)) as Reply;
  expect([status, JSON.parse(text)]).toMatchObject([500, { error: { code: 'INTERNAL_ERROR' } }]);
  expect(counters).toMatchObject({ received: 1, dropped: { INTERNAL_ERROR: 1 } });
  expect(log).toHaveBeenCalledExactlyOnceWith('ERROR', 'unexpected error', {
    cause: expect.stringMatching(/^TypeError\n {4}at /),
  });
  expect(await connection.post('{}', 1000)).toMatchObject({ status: 202 });
  connection.close();
});

test('a fault elsewhere is an answer of the wire', async () => {
  const { call, counters } = await startReceiver(TAKING, () => {
    throw new Error('a fault');
  });
  expect(await call('GET', '/v1/stats')).toMatchObject({ status: 500, body: { error: { code: 'INTERNAL_ERROR' } } });
  expect(counters.received).toBe(0);
});

test.each([
  ['HTTP/1.1 without a Host', 'GET /v1/health HTTP/1.1\r\nconnection: close\r\n\r\n', 200, { status: 'ok' }],
  ['HTTP/1.0', 'GET /v1/health HTTP/1.0\r\n\r\n', 200, { status: 'ok' }],
  ['no HTTP', 'HELLO\r\n\r\n', 400, { error: { code: 'MALFORMED_REQUEST' } }],
  ['an expectation', 'GET / HTTP/1.1\r\nhost: localhost\r\nexpect: wonders\r\nconnection: close\r\n\r\n', 404, {}],
])('%s gets an answer of the wire', async (_, request, status, body) => {
  const { port } = await startReceiver();
  const socket = net.connect(port, '127.0.0.1');
  socket.write(request);
  const [head, text] = (await readAll(socket)).split('\r\n\r\n') as [string, string];
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*content-length: ${text.length}\\b`, 's'));
  expect(JSON.parse(text)).toMatchObject(body);
});

test('draining answers the request under way and takes no other', async () => {
  const { receiver, port, call } = await startReceiver();
  const first = await call('POST', '/v1/records', '{}');
  await receiver.drain(1000);
  expect(first.status).toBe(202);
  await expect(fetch(`http://127.0.0.1:${port}/v1/health`)).rejects.toThrow();
});

test('a busy port is an error that the caller sees', async () => {
  const { port } = await startReceiver();
  const parts = {
    intake: TAKING,
    labelIntake: TAKING,
    tallies: createTallies(),
    stats: () => STATS,
    settling: () => undefined,
    onRecord: () => {},
    log: () => {},
  };
  const second = createReceiver(parts);
  await expect(second.listen(port)).rejects.toThrow('EADDRINUSE');
});
