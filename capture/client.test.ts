import { describe, expect, test } from 'vitest';
import { EXAMPLE_RECORD } from './fixtures/example-record.ts';
import { ACCEPT, answer, BREAKER, client, receiver } from './fixtures/receiver.ts';

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
  const { port, close } = await receiver(ACCEPT);
  close();
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

test('many at once share four connections, and all are accepted', async () => {
  const { port, bodies, sockets } = await receiver(ACCEPT);
  const capture = client({ port });
  const sent = await Promise.all(
    Array.from({ length: 300 }, (_, i) => capture.send({ ...EXAMPLE_RECORD, eventId: `${i}` })),
  );
  expect(sent.filter(({ accepted }) => accepted)).toHaveLength(300);
  expect(new Set(bodies).size).toBe(300);
  expect(sockets.size).toBe(4);
});

test('a large record keeps no small one waiting', async () => {
  const { port } = await receiver((request, response) => {
    if (Number(request.headers['content-length']) < 50_000) ACCEPT(request, response); // the large ones hang
  });
  const capture = client({ port, timeoutMs: 1000 });
  const input = { ...EXAMPLE_RECORD.input, data: 'x'.repeat(100_000) };
  const large = Promise.all(Array.from({ length: 8 }, () => capture.send({ ...EXAMPLE_RECORD, input })));
  expect(await capture.send(EXAMPLE_RECORD)).toMatchObject({ accepted: true });
  expect((await large).filter(({ accepted }) => accepted)).toEqual([]);
});

test('more than can wait are refused at once, and that is no failure of the receiver', async () => {
  const { port } = await receiver(ACCEPT);
  const capture = client({ port, timeoutMs: 20_000, breaker: { ...BREAKER, threshold: 1 } });
  const sent = await Promise.all(Array.from({ length: 10_014 }, () => capture.send({ ...EXAMPLE_RECORD })));
  expect(sent.filter((each) => !each.accepted && each.reason === 'queue_full')).toHaveLength(10);
  expect(sent.filter(({ accepted }) => accepted)).toHaveLength(10_004);
});

describe('the breaker', () => {
  test('takes what fails in one moment of silence for one failure', async () => {
    const { port } = await receiver(() => {});
    const capture = client({ port, timeoutMs: 50, breaker: BREAKER });
    const reasons = async (sends: number) =>
      new Set(
        (await Promise.all(Array.from({ length: sends }, () => capture.send(EXAMPLE_RECORD)))).map(
          (each) => !each.accepted && each.reason,
        ),
      );
    expect(await reasons(50)).toEqual(new Set(['timeout']));
    expect(await reasons(50)).toEqual(new Set(['timeout']));
    expect(await reasons(50)).toEqual(new Set(['skipped']));
  });

  test('knows no failure of a receiver that has answered others meanwhile', async () => {
    let requests = 0;
    const { port } = await receiver((request, response) => {
      requests += 1;
      if (requests === 4 || requests > 20) ACCEPT(request, response); // once the four connections are in use
    });
    const capture = client({ port, timeoutMs: 500, breaker: { ...BREAKER, threshold: 1 } });
    const sent = await Promise.all(Array.from({ length: 20 }, () => capture.send(EXAMPLE_RECORD)));
    expect(sent.filter(({ accepted }) => accepted)).toHaveLength(1);
    requests = 20;
    expect(await capture.send(EXAMPLE_RECORD)).toMatchObject({ accepted: true });
  });

  test('opens for an answer of something else that has the port', async () => {
    const { port } = await receiver((_, response) => answer(response, 404, '{"message":"Not Found"}'));
    const capture = client({ port, breaker: BREAKER });
    const sent = [];
    for (let i = 0; i < 3; i++) sent.push(await capture.send(EXAMPLE_RECORD));
    expect(sent).toMatchObject(['unreachable', 'unreachable', 'skipped'].map((reason) => ({ reason })));
  });
});
