import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { json, text as readAll } from 'node:stream/consumers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createConnection, type Reply } from '../../capture/connection.ts';
import { EXAMPLE_RECORD } from '../../capture/example-record.ts';
import { MAX_BODY_BYTES } from '../../capture/wire.ts';
import { Counters } from '../accounting/counters.ts';
import { startExtension } from '../fixtures/extension-process.ts';
import type { Intake } from '../intake/intake.ts';
import { createReceiver, type Receiver } from './receiver.ts';

const running: Receiver[] = [];
const closing: (() => void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) close();
  await Promise.all(running.splice(0).map((receiver) => receiver.drain(1000)));
});

const STATS = { received: 3, recovered: 0, delivered: 1, dropped: {}, pending: 2, spoolBytes: 10 } as never;
const TAKING: Intake = { take: (text) => ({ accepted: true, requestId: `request of ${text}` }), close: () => {} };

async function setUp(intake = TAKING, stats = () => STATS) {
  const counters = new Counters();
  const onRecord = vi.fn();
  const log = vi.fn();
  const receiver = createReceiver({ intake, counters, stats, onRecord, log });
  running.push(receiver);
  const port = await receiver.listen(0);
  const call = async (method: string, path: string, body?: string, type = 'application/json') => {
    const headers = { 'content-type': type, connection: 'close' };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, body: body ?? null });
    return { status: response.status, body: await response.json() };
  };
  return { counters, onRecord, receiver, port, call, log };
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

describe('lines that are refused', () => {
  const refusing = (refused: Record<string, 'INVALID_JSON' | 'INVALID_RECORD' | 'SPOOL_FULL'>): Intake => ({
    take: (text) =>
      refused[text] ? { accepted: false, code: refused[text], message: `no ${text}` } : TAKING.take(text),
    close: () => {},
  });

  test('are told with their numbers, and the others are taken', async () => {
    const { call, onRecord } = await setUp(refusing({ b: 'INVALID_RECORD', d: 'INVALID_JSON' }));
    expect(await call('POST', '/v1/records', 'a\n\nb\nc\nd\ne', 'application/x-ndjson')).toEqual({
      status: 400,
      body: {
        error: {
          code: 'INVALID_RECORD',
          message: 'no b',
          details: {
            accepted: 3,
            refused: 2,
            lines: [
              { line: 3, code: 'INVALID_RECORD', message: 'no b' },
              { line: 5, code: 'INVALID_JSON', message: 'no d' },
            ],
          },
        },
      },
    });
    expect(onRecord.mock.calls.flat()).toEqual(['request of a', 'request of c', 'request of e']);
  });

  test('because there is no room now make the whole answer one that asks for the body again', async () => {
    const { call } = await setUp(refusing({ a: 'INVALID_JSON', b: 'SPOOL_FULL' }));
    expect(await call('POST', '/v1/records', 'a\nb\nc', 'application/x-ndjson')).toMatchObject({
      status: 503,
      body: { error: { code: 'SPOOL_FULL', details: { accepted: 1, refused: 2 } } },
    });
  });

  test('are all counted, and the first hundred told', async () => {
    const { call } = await setUp(refusing({ a: 'INVALID_JSON' }));
    expect(await call('POST', '/v1/records', 'a\n'.repeat(1000), 'application/x-ndjson')).toMatchObject({
      body: { error: { details: { accepted: 0, refused: 1000, lines: { length: 100 } } } },
    });
  });
});

test('a body of lines sent again after a refusal counts each record once', async () => {
  await using stack = new AsyncDisposableStack();
  const extension = await startExtension(stack);
  await extension.lambda.asked(1);
  const line = (eventId: string) => JSON.stringify({ ...EXAMPLE_RECORD, eventId });
  const body = [line('a'), '{"eventId":"b"', line('c'), '{}', line('d')].join('\n');
  const url = `http://127.0.0.1:${extension.port}/v1`;
  const headers = { 'content-type': 'application/x-ndjson', connection: 'close' };
  const post = async () => (await fetch(`${url}/records`, { method: 'POST', headers, body })).json();

  const first = await post();
  expect(first).toMatchObject({ error: { details: { accepted: 3, refused: 2, lines: [{ line: 2 }, { line: 4 }] } } });
  expect(await post()).toEqual(first);
  const stats = await (await fetch(`${url}/stats`, { headers: { connection: 'close' } })).json();
  expect(stats).toMatchObject({
    received: 10,
    pending: 3,
    dropped: { INVALID_JSON: 1, INVALID_RECORD: 1, DUPLICATE: 5 },
  });
});

test('while a body of many lines is taken, others have their turn', async () => {
  let lines = 0;
  let answeredAfter: number | undefined;
  const { call, port } = await setUp({
    take(text) {
      lines += 1;
      if (lines === 10) void connection.post('{}', 5000).then(() => (answeredAfter = lines));
      return TAKING.take(text);
    },
    close: () => {},
  });
  const connection = createConnection(port);
  closing.push(() => connection.close());
  await connection.post('{}', 5000);
  await call('POST', '/v1/records', `${'x'.repeat(1000)}\n`.repeat(16_000), 'application/x-ndjson');
  expect(answeredAfter).toBeLessThan(16_000);
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
  expect(await connection.post('{}', 1000)).toBe('broken');
});

test('a fault of the intake is an answer of the wire, the record counts, and the connection goes on', async () => {
  const take = vi.fn(TAKING.take).mockImplementationOnce(() => {
    throw new Error('a fault');
  });
  const { port, counters, log } = await setUp({ take, close: () => {} });
  const connection = createConnection(port);
  const { status, text } = (await connection.post('{}', 1000)) as Reply;
  expect([status, JSON.parse(text)]).toMatchObject([500, { error: { code: 'INTERNAL_ERROR' } }]);
  expect(counters).toMatchObject({ received: 1, dropped: { INTERNAL_ERROR: 1 } });
  expect(log).toHaveBeenCalledExactlyOnceWith('ERROR', 'unexpected error', {
    cause: expect.stringContaining('a fault'),
  });
  expect(await connection.post('{}', 1000)).toMatchObject({ status: 202 });
  connection.close();
});

test('a fault elsewhere is an answer of the wire', async () => {
  const { call, counters } = await setUp(TAKING, () => {
    throw new Error('a fault');
  });
  expect(await call('GET', '/v1/stats')).toMatchObject({ status: 500, body: { error: { code: 'INTERNAL_ERROR' } } });
  expect(counters.received).toBe(0);
});

describe('what a browser sends for a page of another site', () => {
  const BODY = JSON.stringify(EXAMPLE_RECORD);
  const raw = (port: number, method: string, path: string, headers: http.OutgoingHttpHeaders) =>
    new Promise<{ status: number | undefined; body: unknown }>((resolve, reject) => {
      const request = http.request({ port, host: '127.0.0.1', method, path, headers, agent: false }, async (response) =>
        resolve({ status: response.statusCode, body: await json(response) }),
      );
      request.on('error', reject).end(method === 'POST' ? BODY : undefined);
    });

  test.each<[string, string, http.OutgoingHttpHeaders]>([
    ['GET', '/v1/stats', { host: 'evil.example' }],
    ['GET', '/v1/health', { host: 'evil.example:2772' }],
    ['GET', '/', { host: 'evil.example' }],
    ['POST', '/v1/records', { host: 'evil.example', 'content-type': 'application/json' }],
    ['POST', '/v1/records', { origin: 'https://evil.example', 'content-type': 'application/json' }],
    ['POST', '/v1/records', { origin: 'null', 'content-type': 'text/plain' }],
    ['POST', '/v1/records', { 'sec-fetch-site': 'cross-site', 'content-type': 'application/x-ndjson' }],
    ['OPTIONS', '/v1/records', { origin: 'https://evil.example', 'access-control-request-method': 'POST' }],
  ])('is refused, and moves no count: %s %s %j', async (method, path, headers) => {
    const { port, counters, onRecord, log } = await setUp();
    const { status, body } = await raw(port, method, path, headers);
    expect([status, body]).toMatchObject([403, { error: { code: 'FOREIGN_CALLER' } }]);
    expect(counters.received).toBe(0);
    expect(onRecord).not.toHaveBeenCalled();
    expect(log).not.toHaveBeenCalled();
  });

  test('a page of this machine is let in, by any name', async () => {
    const { port } = await setUp();
    for (const host of ['localhost:2772', '127.0.0.1', '[::1]:2772']) {
      expect(await raw(port, 'GET', '/v1/health', { host, origin: 'http://localhost:5173' })).toMatchObject({
        status: 200,
      });
    }
  });
});

test.each([
  ['HTTP/1.1 without a Host', 'GET /v1/health HTTP/1.1\r\nconnection: close\r\n\r\n', 200, { status: 'ok' }],
  ['HTTP/1.0', 'GET /v1/health HTTP/1.0\r\n\r\n', 200, { status: 'ok' }],
  ['no HTTP', 'HELLO\r\n\r\n', 400, { error: { code: 'MALFORMED_REQUEST' } }],
  ['an expectation', 'GET / HTTP/1.1\r\nhost: localhost\r\nexpect: wonders\r\nconnection: close\r\n\r\n', 404, {}],
])('%s gets an answer of the wire', async (_, request, status, body) => {
  const { port } = await setUp();
  const socket = net.connect(port, '127.0.0.1');
  socket.write(request);
  const [head, text] = (await readAll(socket)).split('\r\n\r\n') as [string, string];
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*content-length: ${text.length}\\b`, 's'));
  expect(JSON.parse(text)).toMatchObject(body);
});

describe('connections', () => {
  /** More than the receiver takes, each of which has sent this and then no more. */
  async function silent(port: number, sent: string, connections = 600): Promise<net.Socket[]> {
    const sockets = Array.from({ length: connections }, () => net.connect(port, '127.0.0.1').on('error', () => {}));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    for (const socket of sockets) {
      socket.write(sent);
      closing.push(() => socket.destroy());
    }
    return sockets;
  }

  test.each([
    ['have sent nothing', ''],
    ['have sent half a head', 'POST /v1/records HTTP/1.1\r\nhost: localhost\r\ncontent-le'],
  ])('that %s keep nobody out, however many they are', async (_, sent) => {
    const { port, call } = await setUp();
    await silent(port, sent);
    expect(await call('GET', '/v1/health')).toMatchObject({ status: 200 });
    const connection = createConnection(port);
    closing.push(() => connection.close());
    expect(await connection.post('{}', 5000)).toMatchObject({ status: 202 });
  });

  test('that were closed to make room are replaced by the capture client, without a loss', async () => {
    const { port } = await setUp();
    const connection = createConnection(port);
    closing.push(() => connection.close());
    expect(await connection.post('{}', 5000)).toMatchObject({ status: 202 });
    await silent(port, '');
    expect(await connection.post('{}', 5000)).toMatchObject({ status: 202 });
  });

  test('with large bodies that do not come to their end keep no small one waiting', async () => {
    const { port, call } = await setUp();
    const head =
      'POST /v1/records HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n';
    await silent(port, `${head}{`, 20);
    expect(await call('POST', '/v1/records', '{}')).toMatchObject({ status: 202 });
  });

  test('with large bodies are read two at a time, and all are answered', async () => {
    const { call } = await setUp();
    const large = JSON.stringify('x'.repeat(4_000_000));
    const answers = await Promise.all(Array.from({ length: 6 }, () => call('POST', '/v1/records', large)));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(202));
  });
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
  const parts = { intake: TAKING, counters: new Counters(), stats: () => STATS, onRecord: () => {}, log: () => {} };
  const second = createReceiver(parts);
  await expect(second.listen(port)).rejects.toThrow('EADDRINUSE');
});
