import http from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { RECORD_HEAD } from '../../capture/wire.ts';
import { expressForRecords } from './express.ts';

/** A server that says who answered, and a connection of which each piece comes as it was written. */
function setUp(answer = (body: string): [number, object] => [202, { express: body }]) {
  const server = http.createServer((request, response) => {
    text(request).then((body) => response.end(JSON.stringify({ http: body })));
  });
  const taken = vi.fn(answer);
  expressForRecords(server, taken);
  const [client, connection] = duplexPair();
  server.emit('connection', connection);
  return { client, taken };
}

const requestOf = (body: string) => `${RECORD_HEAD}${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** Writes the pieces, one after the other, and resolves to the bodies of as many answers. */
async function ask(client: Duplex, pieces: (string | Buffer)[], answers = 1): Promise<object[]> {
  const bodies: object[] = [];
  for (const piece of pieces) {
    client.write(piece);
    await new Promise(setImmediate);
  }
  let received = '';
  for await (const chunk of client.iterator({ destroyOnReturn: false })) {
    received += (chunk as Buffer).toString('latin1'); // a character a byte, as lengths are counted
    for (;;) {
      const [head, length] = /^HTTP\/1\.1 (?:.+\r\n)*?content-length: (\d+)\r\n(?:.+\r\n)*\r\n/i.exec(received) ?? [];
      if (head === undefined || received.length < head.length + Number(length)) break;
      bodies.push(
        JSON.parse(Buffer.from(received.slice(head.length, head.length + Number(length)), 'latin1').toString()),
      );
      received = received.slice(head.length + Number(length));
    }
    if (bodies.length === answers) break;
  }
  return bodies;
}

test('whole requests are answered here, one after the other on one connection', async () => {
  const { client } = setUp();
  expect(await ask(client, [requestOf('{"a":"é"}')])).toEqual([{ express: '{"a":"é"}' }]);
  expect(await ask(client, [requestOf('')])).toEqual([{ express: '' }]);
});

test('the answer has the status, the length in bytes, and no more than the capture client reads', async () => {
  const { client } = setUp(() => [503, { message: 'é' }]);
  client.write(requestOf('{}'));
  const [answer] = await new Promise<Buffer[]>((resolve) => client.once('data', (...all) => resolve(all)));
  expect(String(answer)).toBe(
    'HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n{"message":"é"}',
  );
});

test('a request in two pieces, cut anywhere, is answered all the same', async () => {
  const whole = Buffer.from(requestOf('{"a":"é"}'));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: whole.length - 1 }), async (cut) => {
      const { client, taken } = setUp();
      const pieces = [whole.subarray(0, cut), whole.subarray(cut)];
      expect(await ask(client, pieces)).toEqual([{ http: '{"a":"é"}' }]);
      expect(taken).not.toHaveBeenCalled();
    }),
  );
});

test.each([
  ['two at once', requestOf('{}') + requestOf('{}'), [{ http: '{}' }, { http: '{}' }]],
  ['one and the beginning of another', requestOf('{}') + RECORD_HEAD, [{ http: '{}' }]],
  ['another path', 'POST /v1/stats HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 2\r\n\r\n{}', [{ http: '{}' }]],
  ['one more header', requestOf('{}').replace('\r\n\r\n', '\r\nx-more: 1\r\n\r\n'), [{ http: '{}' }]],
  [
    'a body in chunks',
    RECORD_HEAD.replace('content-length: ', 'transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'),
    [{ http: '{}' }],
  ],
])('%s: the connection is the HTTP server’s, from the first byte on and for good', async (_, piece, expected) => {
  const { client, taken } = setUp();
  expect(await ask(client, [piece], expected.length)).toEqual(expected);
  if (!piece.endsWith(RECORD_HEAD)) expect(await ask(client, [requestOf('{}')])).toEqual([{ http: '{}' }]);
  expect(taken).not.toHaveBeenCalled();
});

test('a connection that was answered here goes to the HTTP server with its first other request', async () => {
  const { client } = setUp();
  expect(await ask(client, [requestOf('{}')])).toEqual([{ express: '{}' }]);
  const large = JSON.stringify('x'.repeat(200_000)); // no piece is as large
  expect(await ask(client, [requestOf(large).slice(0, 100_000), requestOf(large).slice(100_000)])).toEqual([
    { http: large },
  ]);
});

test('who sends and does not read is not read either', async () => {
  const { client, taken } = setUp(() => [202, { filler: 'x'.repeat(10_000) }]);
  for (let i = 0; i < 100; i++) {
    client.write(requestOf('{}'));
    await new Promise(setImmediate);
  }
  expect(taken.mock.calls.length).toBeLessThan(20);
});

test('the end of the sender ends the connection', async () => {
  const { client } = setUp();
  expect(await ask(client, [requestOf('{}')])).toHaveLength(1);
  client.resume().end();
  await new Promise((resolve) => client.once('end', resolve));
});
