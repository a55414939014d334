import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { networkInterfaces } from 'node:os';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTelemetryListener, finishedRequests, sandboxAddress } from './telemetry.ts';

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

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

async function listening(address?: string) {
  const onRuntimeDone = vi.fn();
  const listener = createTelemetryListener(onRuntimeDone);
  stack.defer(() => listener.close());
  const port = await listener.listen(address);
  const post = (body: string, headers: Record<string, string> = {}, host = '127.0.0.1') =>
    new Promise<number>((resolve, reject) => {
      const options = { host, port, method: 'POST', agent: false, headers };
      const request = http.request(options, (response) => resolve(response.resume().statusCode!));
      request.on('error', reject).end(body);
    });
  return { onRuntimeDone, port, post };
}

test('everything that Lambda may send is answered with 200, or it would be sent again', async () => {
  const { onRuntimeDone, post } = await listening();
  expect(await post(JSON.stringify([done('a')]), { host: 'sandbox.localdomain:1234' })).toBe(200);
  expect(await post('no JSON')).toBe(200);
  expect(await post(' '.repeat(2_000_000))).toBe(200);
  expect(onRuntimeDone).toHaveBeenCalledExactlyOnceWith('a');
});

test.each<Record<string, string>>([
  { host: 'evil.example' },
  { host: 'evil.example:1234' },
  { origin: 'https://evil.example' },
  { 'sec-fetch-site': 'cross-site' },
])('a page of another site ends no invocation: %j', async (headers) => {
  const { onRuntimeDone, post } = await listening();
  expect(await post(JSON.stringify([done('a')]), headers)).toBe(403);
  expect(onRuntimeDone).not.toHaveBeenCalled();
});

test('a body without end is not read for ever', async () => {
  const { port } = await listening();
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => {}); // it is reset
  socket.write('POST / HTTP/1.1\r\nhost: sandbox.localdomain\r\ntransfer-encoding: chunked\r\n\r\n');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const chunk = Buffer.from(`100000\r\n${' '.repeat(0x100000)}\r\n`);
  const more = () => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', more);
  more();
  await closed;
});

test('connections that say nothing do not keep telemetry out', async () => {
  const { port, post, onRuntimeDone } = await listening();
  for (let i = 0; i < 20; i++) {
    const idle = stack.adopt(net.connect(port, '127.0.0.1'), (socket) => void socket.destroy());
    idle.on('error', () => {});
    await once(idle, 'connect');
  }
  expect(await post(JSON.stringify([done('a')]))).toBe(200);
  expect(onRuntimeDone).toHaveBeenCalledExactlyOnceWith('a');
});

const others = Object.values(networkInterfaces())
  .flat()
  .filter((one) => one?.family === 'IPv4' && !one.internal)
  .map((one) => one!.address);

test.skipIf(others.length === 0).each([[undefined], ['192.0.2.1']])(
  'other machines do not reach it, whatever the name stands for: %s',
  async (address) => {
    const { post } = await listening(address); // 192.0.2.1 is nobody's
    expect(await post('[]')).toBe(200);
    for (const other of others) await expect(post('[]', {}, other)).rejects.toThrow('ECONNREFUSED');
  },
);

test.skipIf(others.length === 0)('where the name stands for an interface, it is reached there', async () => {
  const { post } = await listening(others[0]);
  expect(await post('[]', {}, others[0])).toBe(200);
  expect(await post('[]', { host: 'sandbox.localdomain' }, others[0])).toBe(200);
  await expect(post('[]')).rejects.toThrow('ECONNREFUSED');
});

describe('the address that telemetry comes to', () => {
  const lambda = { runtimeApi: '169.254.100.1:9001', hosts: '127.0.0.1 localhost\n' };
  const named = `${lambda.hosts}169.254.76.1\tsandbox.localdomain sandbox\n`;
  const nobody = () => Promise.reject(new Error('asked'));

  test.each(['169.254.100.1:9001', '127.0.0.1:9001'])('is what the hosts file says: API at %s', async (runtimeApi) => {
    expect(await sandboxAddress({ runtimeApi, hosts: named, resolve: nobody })).toBe('169.254.76.1');
  });

  test('is what a name server says, else', async () => {
    expect(await sandboxAddress({ ...lambda, resolve: async (name) => `of ${name}` })).toBe('of sandbox.localdomain');
  });

  test.each<[string, () => Promise<string>]>([
    ['knows the name', nobody],
    ['answers in time', () => new Promise(() => {})],
  ])('is loopback where nobody %s', async (_, resolve) => {
    expect(await sandboxAddress({ ...lambda, resolve })).toBe('127.0.0.1');
  });

  test.each(['127.0.0.1:40123', 'localhost:9001', '[::1]:9001'])(
    'is loopback on your machine, and nobody is asked: API at %s',
    async (runtimeApi) => {
      const resolve = vi.fn(nobody);
      expect(
        await sandboxAddress({
          runtimeApi,
          hosts: '# 1.2.3.4 sandbox.localdomain\n127.0.0.1 my.sandbox.localdomain',
          resolve,
        }),
      ).toBe('127.0.0.1');
      expect(resolve).not.toHaveBeenCalled();
    },
  );
});
