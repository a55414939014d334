import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type CaptureClientOptions, createCaptureClient } from './client.ts';
import { EXAMPLE_RECORD } from './example-record.ts';

const ACCEPT: http.RequestListener = (_, response) => answer(response, 202, '{"accepted":1}');
const answer = (response: http.ServerResponse, status: number, body: string) =>
  response.writeHead(status, { 'content-length': body.length }).end(body);
const BREAKER = { threshold: 2, openMs: 1000, maxOpenMs: 1000 };
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function receiver(behave: http.RequestListener) {
  const bodies: string[] = [];
  const sockets = new Set<Socket>();
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      bodies.push(body);
      behave(request, response);
    });
  });
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, bodies, sockets };
}

function client(options: CaptureClientOptions) {
  const created = createCaptureClient({ timeoutMs: 5000, ...options });
  closing.push(() => created.close());
  return created;
}

test('a record goes out as it is and comes back accepted, over one connection', async () => {
  const { port, bodies, sockets } = await receiver(ACCEPT);
  const capture = client({ port });
  for (let i = 0; i < 5; i++) {
    expect(await capture.send(EXAMPLE_RECORD)).toEqual({ eventId: EXAMPLE_RECORD.eventId, accepted: true });
  }
  expect(bodies.map((body) => JSON.parse(body))).toEqual(Array(5).fill(EXAMPLE_RECORD));
  expect(sockets.size).toBe(1);
});

test('a record without id and time gets a new id and the present time', async () => {
  const { port, bodies } = await receiver(ACCEPT);
  const { eventId, inferenceTime, ...exchange } = EXAMPLE_RECORD;
  const sent = await client({ port }).send(exchange);
  const record = JSON.parse(bodies[0]!);
  expect(sent.eventId).toBe(record.eventId);
  expect(Math.abs(Date.parse(record.inferenceTime) - Date.now())).toBeLessThan(60_000);
});

test('a receiver that hangs costs the time-out and no more, and in the end nothing', async () => {
  const { port, bodies } = await receiver(() => {});
  let nowMs = 0;
  const capture = client({ port, timeoutMs: 20, breaker: BREAKER, now: () => nowMs });
  const reasons = [];
  for (let i = 0; i < 4; i++) reasons.push(await capture.send(EXAMPLE_RECORD));
  expect(reasons).toMatchObject(['timeout', 'timeout', 'skipped', 'skipped'].map((reason) => ({ reason })));
  expect(bodies).toHaveLength(2);

  nowMs = 1000;
  expect(await capture.send(EXAMPLE_RECORD)).toMatchObject({ reason: 'timeout' });
});

test('a caller who has less time than the time-out waits no longer than that, and the receiver is not blamed', async () => {
  const { port, bodies } = await receiver(() => {});
  const capture = client({ port, timeoutMs: 600_000, breaker: BREAKER });
  for (let i = 0; i < 4; i++) expect(await capture.send(EXAMPLE_RECORD, 20)).toMatchObject({ reason: 'timeout' });
  expect(bodies).toHaveLength(4);
});

test('a receiver that is gone is no error, only a reason', async () => {
  const { port } = await receiver(ACCEPT);
  closing.pop()!();
  expect(await client({ port }).send(EXAMPLE_RECORD)).toMatchObject({ accepted: false, reason: 'unreachable' });
});

test('a receiver that breaks the connection in the middle is no error, only a reason', async () => {
  const { port, bodies } = await receiver((request) => request.socket.destroy());
  expect(await client({ port }).send(EXAMPLE_RECORD)).toMatchObject({ accepted: false, reason: 'unreachable' });
  expect(bodies).toHaveLength(1);
});

test('a kept-alive connection that died meanwhile is replaced, and the record sent again', async () => {
  let broken = false;
  const { port, bodies } = await receiver((request, response) => {
    if (bodies.length === 2 && !broken) {
      broken = true;
      request.socket.destroy();
    } else answer(response, 202, '{"accepted":1}');
  });
  const capture = client({ port });
  await capture.send(EXAMPLE_RECORD);
  expect(await capture.send(EXAMPLE_RECORD)).toMatchObject({ accepted: true });
  expect(bodies).toHaveLength(3);
});

test('a refusal is told with its code and does not open the breaker', async () => {
  const { port, bodies } = await receiver((_, response) =>
    answer(response, 503, '{"error":{"code":"SPOOL_FULL","message":""}}'),
  );
  const capture = client({ port, breaker: BREAKER });
  for (let i = 0; i < 4; i++) {
    expect(await capture.send(EXAMPLE_RECORD)).toMatchObject({ reason: 'rejected', code: 'SPOOL_FULL' });
  }
  expect(bodies).toHaveLength(4);
});

test.each([
  ['larger than the wire allows', { ...EXAMPLE_RECORD.input, data: 'x'.repeat(17_000_000) }, 'too_large'],
  ['that JSON cannot hold', { ...EXAMPLE_RECORD.input, data: 1n as unknown as string }, 'invalid'],
])('a record %s is not sent', async (_, input, reason) => {
  const { port, bodies } = await receiver(ACCEPT);
  expect(await client({ port }).send({ ...EXAMPLE_RECORD, input })).toMatchObject({ accepted: false, reason });
  expect(bodies).toHaveLength(0);
});
