import { describe, expect, test } from 'vitest';
import { connect, ended } from './fixtures/raw.ts';
import { startReceiver, TAKING } from './fixtures/receiving.ts';

/** The most that a request may take here, in milliseconds, in the place of ten seconds. */
const REQUEST_MS = 200;
const HEAD = 'POST /v1/records HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';

describe('a sender that is never done gets an answer when its time is up, however busy it seems', () => {
  test.each([
    ['with its head, a byte at a time', HEAD, 'x'],
    ['with its headers', HEAD, 'x-more: a\r\n'],
    ['with its body', `${HEAD}content-length: 100000\r\n\r\n`, ' '],
    ['with a large body', `${HEAD}content-length: 1000000\r\n\r\n`, ' '],
    ['with its chunks', `${HEAD}transfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
    ['with an extension of a chunk', `${HEAD}transfer-encoding: chunked\r\n\r\n1;`, 'a'],
  ])('%s', async (_, begin, more) => {
    const { port, counters, call } = await startReceiver(TAKING, undefined, REQUEST_MS);
    const socket = connect(port);
    const received = ended(socket);
    socket.write(begin);
    const timer = setInterval(() => socket.write(more), 10);
    expect(await received).toMatch(/^HTTP\/1\.1 408 .*"REQUEST_TIMEOUT"/s);
    clearInterval(timer);
    expect(counters.received).toBe(0);
    expect(await call('POST', '/v1/records', '{}')).toMatchObject({ status: 202 });
  });
});

test('senders that are slow in the middle of large bodies give their places to those who wait', async () => {
  const { port, call } = await startReceiver(TAKING, undefined, 2000);
  const slow = Array.from({ length: 2 }, () => {
    const socket = connect(port);
    socket.write(`${HEAD}content-length: 1000000\r\n\r\n${'{'.repeat(100_000)}`);
    const timer = setInterval(() => socket.write('{'.repeat(100)), 20);
    return ended(socket).finally(() => clearInterval(timer));
  });
  expect(await call('POST', '/v1/records', JSON.stringify('x'.repeat(1_000_000)))).toMatchObject({ status: 202 });
  for (const received of slow) expect(await received).toMatch(/^HTTP\/1\.1 408 .*at least 64 KiB of a large body/s);
});
