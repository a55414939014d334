import { once } from 'node:events';
import net from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createConnection } from '../../capture/connection.ts';
import { startReceiver } from './fixtures/receiving.ts';

describe('connections', () => {
  /** More than the receiver takes, each of which has sent this and then no more. */
  async function silent(port: number, sent: string, connections = 600): Promise<net.Socket[]> {
    const sockets = Array.from({ length: connections }, () => net.connect(port, '127.0.0.1').on('error', () => {}));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    for (const socket of sockets) {
      socket.write(sent);
      onTestFinished(() => void socket.destroy());
    }
    return sockets;
  }

  test.each([
    ['have sent nothing', ''],
    ['have sent half a head', 'POST /v1/records HTTP/1.1\r\nhost: localhost\r\ncontent-le'],
  ])('that %s keep nobody out, however many they are', async (_, sent) => {
    const { port, call } = await startReceiver();
    await silent(port, sent);
    expect(await call('GET', '/v1/health')).toMatchObject({ status: 200 });
    const connection = createConnection(port);
    onTestFinished(() => connection.close());
    expect(await connection.post('{}', 5000)).toMatchObject({ status: 202 });
  });

  test('that were closed to make room are replaced by the capture client, without a loss', async () => {
    const { port } = await startReceiver();
    const connection = createConnection(port);
    onTestFinished(() => connection.close());
    expect(await connection.post('{}', 5000)).toMatchObject({ status: 202 });
    await silent(port, '');
    expect(await connection.post('{}', 5000)).toMatchObject({ status: 202 });
  });

  test('with large bodies that do not come to their end keep no small one waiting', async () => {
    const { port, call } = await startReceiver();
    const head =
      'POST /v1/records HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n';
    await silent(port, `${head}{`, 20);
    expect(await call('POST', '/v1/records', '{}')).toMatchObject({ status: 202 });
  });

  test('with large bodies, or chunks, that hardly come keep no large one waiting', async () => {
    const { port, call } = await startReceiver();
    const head = 'POST /v1/records HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
    await silent(port, `${head}content-length: 1000000\r\n\r\n{`, 20);
    await silent(port, `${head}transfer-encoding: chunked\r\n\r\n1\r\n{\r\n`, 20);
    const large = JSON.stringify('x'.repeat(1_000_000));
    expect(await call('POST', '/v1/records', large)).toMatchObject({ status: 202 });
  });

  test('with large bodies are read two at a time, and all are answered', async () => {
    const { call } = await startReceiver();
    const large = JSON.stringify('x'.repeat(4_000_000));
    const answers = await Promise.all(Array.from({ length: 6 }, () => call('POST', '/v1/records', large)));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(202));
  });
});
