import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import { text } from 'node:stream/consumers';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { listen } from './listen.ts';

const hasIpv6 = Object.values(os.networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
const ADDRESSES = hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'];

const open: { close(): unknown }[] = [];
afterEach(() => Promise.all(open.splice(0).map((one) => one.close())));

function server(answer: () => Promise<string> = async () => 'hello'): FastifyInstance {
  const app = fastify({ forceCloseConnections: 'idle' });
  app.get('/', answer);
  open.push(app);
  return app;
}

async function get(host: string, port: number, agent?: http.Agent): Promise<string> {
  const request = http.get({ host, port, ...(agent && { agent }) });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return text(response);
}

async function taken(host: string, port = 0): Promise<number> {
  const other = net.createServer().listen(port, host);
  open.push(other);
  await once(other, 'listening');
  return (other.address() as net.AddressInfo).port;
}

test.each(ADDRESSES)('a client that takes localhost for %s gets an answer', async (host) => {
  const port = await listen(server(), 0, '--port PORT');
  expect(await get(host, port)).toBe('hello');
});

test('many servers that take any free port get one each, the same on every address', async () => {
  const ports = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      listen(
        server(async () => `${i}`),
        0,
        '--port PORT',
      ),
    ),
  );
  expect(new Set(ports).size).toBe(20);
  for (const [i, port] of ports.entries()) {
    for (const host of ADDRESSES) expect(await get(host, port)).toBe(`${i}`);
  }
});

test.each(ADDRESSES)('a port that is in use on %s is in use, and nothing is left listening', async (host) => {
  const port = await taken(host);
  await expect(listen(server(), port, '--port PORT')).rejects.toThrow(
    `Port ${port} is in use. End what listens on it, or choose another with --port PORT (0: any free one).`,
  );
  for (const other of ADDRESSES) if (other !== host) await taken(other, port);
});

describe.each(ADDRESSES)('closing, with a client on %s', (host) => {
  test('does not wait for a connection that is only kept', async () => {
    const app = server();
    const port = await listen(app, 0, '--port PORT');
    const agent = new http.Agent({ keepAlive: true });
    expect(await get(host, port, agent)).toBe('hello');
    await app.close();
    await expect(get(host, port)).rejects.toThrow('ECONNREFUSED');
    agent.destroy();
  });

  test('waits for the answer that is on its way', async () => {
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const { promise: answer, resolve } = Promise.withResolvers<string>();
    const app = server(() => {
      ask();
      return answer;
    });
    const port = await listen(app, 0, '--port PORT');
    const got = get(host, port);
    await asked;
    const closing = app.close();
    resolve('late');
    expect(await got).toBe('late');
    await closing;
  });
});
