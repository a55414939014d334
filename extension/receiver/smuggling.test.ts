import { describe, expect, test, vi } from 'vitest';
import { answersIn, connect, ended, exchange } from './fixtures/raw.ts';
import { STATS, startReceiver, TAKING } from './fixtures/receiving.ts';

const HEAD = 'POST /v1/records HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
const CHUNKED = `${HEAD}transfer-encoding: chunked\r\n\r\n`;
/** A request in the body of another one: it must never be taken for one of its own. */
const SMUGGLED = `${HEAD}content-length: 8\r\n\r\nsmuggled`;

/** A receiver, and the texts that its intake got. */
async function start() {
  const take = vi.fn(TAKING.take);
  const { port, counters, log } = await startReceiver({ take, close: () => {} });
  return { port, counters, log, taken: () => take.mock.calls.map(([text]) => String(text)) };
}

describe('a request that two readers could understand in two ways is refused, and nothing of it is taken', () => {
  test.each([
    ['both a length and chunks', `${HEAD}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
    ['chunks and then a length', `${HEAD}transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n${SMUGGLED}`],
    ['two lengths', `${HEAD}content-length: 0\r\ncontent-length: 100\r\n\r\n${SMUGGLED}`],
    ['the same length twice', `${HEAD}content-length: 2\r\ncontent-length: 2\r\n\r\n{}`],
    ['a list of lengths', `${HEAD}content-length: 2, 2\r\n\r\n{}`],
    ['a length with a sign', `${HEAD}content-length: +2\r\n\r\n{}`],
    ['a negative length', `${HEAD}content-length: -2\r\n\r\n{}`],
    ['a hexadecimal length', `${HEAD}content-length: 0x2\r\n\r\n{}`],
    ['a length beyond all numbers', `${HEAD}content-length: ${'9'.repeat(30)}\r\n\r\n{}`],
    ['a space before the colon', `${HEAD}content-length : 2\r\n\r\n{}`],
    ['a folded header', `${HEAD}x-folded: a\r\n b\r\ncontent-length: 2\r\n\r\n{}`],
    ['a folded transfer coding', `${HEAD}transfer-encoding:\r\n chunked\r\n\r\n0\r\n\r\n`],
    ['line feeds alone', `${HEAD}content-length: 2\r\n\r\n{}`.replaceAll('\r\n', '\n')],
    ['one line feed alone', `${HEAD}x: a\ncontent-length: 2\r\n\r\n{}`],
    ['a carriage return alone', `${HEAD}x: a\rcontent-length: 2\r\n\r\n{}`],
    ['a zero byte', `${HEAD}x: a\0\r\ncontent-length: 2\r\n\r\n{}`],
    ['chunked twice', `${HEAD}transfer-encoding: chunked, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
    ['an unknown transfer coding', `${HEAD}transfer-encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
    ['the transfer coding identity', `${HEAD}transfer-encoding: identity\r\n\r\n{}`],
    ['a compressed body', `${HEAD}connection: close\r\ntransfer-encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
    ['a chunk of no length', `${CHUNKED}\r\n{}\r\n0\r\n\r\n`],
    ['a chunk with a wrong length', `${CHUNKED}zz\r\n{}\r\n0\r\n\r\n`],
    ['a chunk beyond all numbers', `${CHUNKED}${'f'.repeat(17)}\r\n{}\r\n0\r\n\r\n`],
    ['a chunk that is longer than it says', `${CHUNKED}2\r\n{}{}\r\n0\r\n\r\n`],
    ['chunks that line feeds end', `${CHUNKED}2\n{}\n0\n\n`],
    ['an extension of a chunk without end', `${CHUNKED}2;a=${'b'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`],
    ['a head without end', `${HEAD}x: ${'a'.repeat(20_000)}\r\n\r\n`],
    ['headers without end', `${HEAD}${'x: a\r\n'.repeat(2500)}\r\n`],
    ['two Hosts', `${HEAD}connection: close\r\nHost: localhost\r\ncontent-length: 2\r\n\r\n{}`],
    ['the start of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP/3.0', 'GET /v1/health HTTP/3.0\r\n\r\n'],
  ])('%s', async (_, sent) => {
    const { port, taken, counters, log } = await start();
    const answers = await exchange(port, sent);
    expect(answers).toEqual([
      {
        status: 400,
        head: expect.stringMatching(/^connection: close/im),
        body: expect.stringContaining('"MALFORMED_REQUEST"'),
      },
    ]);
    expect(taken()).toEqual([]);
    expect(counters.received).toBe(0);
    expect(log).not.toHaveBeenCalled();
  });
});

test('an extension of a chunk is passed over, as HTTP asks', async () => {
  const { port, taken } = await start();
  const head = CHUNKED.replace('host', 'connection: close\r\nhost');
  expect(await exchange(port, `${head}1;a=b\r\n{\r\n1;c="d"\r\n}\r\n0\r\ntrailer: d\r\n\r\n`)).toMatchObject([
    { status: 202 },
  ]);
  expect(taken()).toEqual(['{}']);
});

test('a body in front of a request is a body, whatever it looks like', async () => {
  const { port, taken } = await start();
  const get = `GET /v1/health HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`;
  const last = 'GET /v1/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n';
  expect(await exchange(port, get + last)).toMatchObject([{ status: 200 }, { status: 200 }]);
  expect(taken()).toEqual([]);
});

test.each(['CONNECT 127.0.0.1:22', 'CONNECT evil.example:443'])('%s opens no tunnel', async (line) => {
  const { port, log } = await start();
  expect(await exchange(port, `${line} HTTP/1.1\r\nhost: localhost\r\n\r\n${SMUGGLED}`)).toMatchObject([
    { status: 405 },
  ]);
  expect(log).not.toHaveBeenCalled();
});

test('an upgrade is not taken up', async () => {
  const { port } = await start();
  const upgrade = 'connection: upgrade, close\r\nupgrade: websocket\r\n';
  expect(await exchange(port, `GET /v1/health HTTP/1.1\r\nhost: localhost\r\n${upgrade}\r\n`)).toMatchObject([
    { status: 200 },
  ]);
});

test('a wrong method is told the right one', async () => {
  const { port } = await start();
  const [answer] = await exchange(port, 'DELETE /v1/records HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
  expect(answer).toMatchObject({ status: 405, head: expect.stringMatching(/^allow: POST\r$/m) });
});

describe('requests that do not wait for their answers', () => {
  const request = (text: string, more = '') => `${HEAD}${more}content-length: ${text.length}\r\n\r\n${text}`;

  test('are answered in their order', async () => {
    const { port, taken } = await start();
    const texts = Array.from({ length: 500 }, (_, at) => `{"record":${at}}`);
    const sent = texts.map((text, at) => request(text, at === 499 ? 'connection: close\r\n' : '')).join('');
    expect((await exchange(port, sent)).map(({ status }) => status)).toEqual(Array(500).fill(202));
    expect(taken()).toEqual(texts);
  });

  test('may come a byte at a time', async () => {
    const { port, taken } = await start();
    const socket = connect(port).setNoDelay();
    const received = ended(socket);
    for (const byte of request('{"a":1}') + request('{"b":2}', 'connection: close\r\n')) {
      await new Promise<void>((resolve) => socket.write(byte, () => resolve()));
    }
    expect(answersIn(await received).map(({ status }) => status)).toEqual([202, 202]);
    expect(taken()).toEqual(['{"a":1}', '{"b":2}']);
  });

  test('never get the refusal of another one for their answer: the connection ends, and the sender asks again', async () => {
    const { port, taken } = await start();
    const answers = await exchange(port, `${request('{"a":1}')}no HTTP\r\n\r\n`);
    expect(taken()).toEqual(['{"a":1}']);
    expect(answers.map(({ status }) => status)).not.toContain(400);
  });

  test('are read no further where the sender reads no answer', async () => {
    const stats = vi.fn(() => STATS);
    const { port, call } = await startReceiver(TAKING, stats);
    const socket = connect(port).pause();
    socket.write('GET /v1/stats HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(200_000));
    let before: number;
    do {
      before = stats.mock.calls.length;
      for (let i = 0; i < 50; i++) await call('GET', '/v1/health');
    } while (stats.mock.calls.length > before);
    expect(stats.mock.calls.length).toBeLessThan(100_000);
    expect(socket.writableLength).toBeGreaterThan(0);
  });
});
