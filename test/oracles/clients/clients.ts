/**
 * The capture clients in other languages, in functions on the emulator: beside the built extension, and with things at its port that are not
 * the extension. Run by `make oracles`.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { startAnyExtension } from '../../../bench/extension-process.ts';
import { listenOnLoopback } from '../../../harness/loopback.ts';
import { claimPort } from '../../../harness/ports.ts';
import { killExtension } from '../../emulator-process.ts';
import { storedRecords } from '../../stored-records.ts';
import { type CapturedFunction, LANGUAGES, type Result, startFunction } from './captured-function.ts';

const EXTENSION = path.resolve('dist/extension/extensions/inference-capture');
const TIMEOUT_MS = 250;
/** What a busy machine adds to a time-out, in milliseconds. */
const SLACK_MS = 150;

const accepted = (results: Result[]) => results.filter((one) => one.accepted).map(({ eventId }) => eventId);
const reasons = (results: Result[]) => results.map(({ reason }) => reason);

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

/** The ids in the objects of S3, sorted, after the emulator has ended as on Ctrl-C. */
async function storedAfterStop({ emulator }: CapturedFunction): Promise<string[]> {
  assert.equal(await emulator.stop(), 0);
  return (await storedRecords(emulator.local)).map(({ eventMetadata }) => eventMetadata.eventId).sort();
}

for (const language of Object.keys(LANGUAGES)) {
  const beside = async (env = {}) => stack.use(await startFunction(language, true, env));
  /** The function alone: something else, or nothing, is at the port of the extension. */
  const alone = async (port: number) => stack.use(await startFunction(language, false, { CAPTURE_PORT: String(port) }));

  describe(`the client in ${language}`, () => {
    test('a thousand records, eight at once, are all accepted, and each is delivered once', async () => {
      const captured = await beside();
      const results: Result[] = [];
      for (let invocation = 0; invocation < 10; invocation += 1)
        results.push(...(await captured.send({ count: 100, atOnce: 8 })));
      assert.equal(accepted(results).length, 1000);
      assert.deepEqual(await storedAfterStop(captured), accepted(results).sort());
    });

    test('an extension that crashes takes no accepted record with it', async () => {
      const captured = await beside();
      const results: Result[] = [];
      for (let crash = 0; crash < 3; crash += 1) {
        results.push(...(await captured.send({ count: 10 })));
        killExtension(captured.emulator);
        // The next invocation may still meet the dead environment. The one after it starts another, which delivers what was left.
        for (let tries = 0, again: Result[] = []; accepted(again).length === 0 && tries < 3; tries += 1)
          again = await captured.send({}).catch(() => []);
      }
      const ids = accepted(results);
      assert.equal(ids.length, 30);
      const stored = await storedAfterStop(captured);
      assert.deepEqual(
        ids.filter((id) => !stored.includes(id)),
        [],
      );
      assert.equal(new Set(stored).size, stored.length);
    });

    for (const dataBytes of [1000, 1_000_000]) {
      test(`a kept-alive connection that died costs no record of ${dataBytes} bytes`, async () => {
        const port = await claimPort();
        const folder = stack.adopt(await mkdtemp(path.join(tmpdir(), 'clients-')), (dir) =>
          rm(dir, { recursive: true }),
        );
        const env = {
          CAPTURE_PORT: String(port),
          CAPTURE_SPOOL_DIR: path.join(folder, 'spool'),
          CAPTURE_DESTINATION: `file://${path.join(folder, 'objects')}`,
        };
        const { send } = await alone(port);
        for (let start = 0; start < 3; start += 1) {
          await using _extension = await startAnyExtension({ command: EXTENSION, env });
          assert.equal(accepted(await send({ count: 8, atOnce: 4, dataBytes })).length, 8);
        }
      });
    }

    test('a full spool is a refusal with its code, and no silence', async () => {
      // Without S3 the spool stays full.
      const { send } = await beside({ CAPTURE_SPOOL_BYTES: '5000', AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9' });
      const refused = (await send({ count: 20 })).filter((one) => !one.accepted);
      assert.ok(refused.length > 10);
      const outcomes = new Set(refused.map(({ reason, code }) => `${reason} ${code}`));
      assert.deepEqual([...outcomes], ['rejected SPOOL_FULL']);
    });

    test('where nobody listens nothing is waited for, and after three failures nothing is tried', async () => {
      const { send } = await alone(await claimPort());
      const results = await send({ count: 5 });
      assert.deepEqual(reasons(results), ['unreachable', 'unreachable', 'unreachable', 'skipped', 'skipped']);
      assert.ok(results.every(({ ms }) => ms < SLACK_MS));
    });

    const silent = net.createServer();
    const trickling = net.createServer((socket) => {
      socket.on('error', () => {}).write('HTTP/1.1 202 Accepted\r\ncontent-length: 1000\r\n\r\n');
      const timer = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    for (const [name, server] of Object.entries({ 'says nothing': silent, 'never comes to an end': trickling })) {
      test(`an answer that ${name} costs the time-out and no more`, async () => {
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        stack.defer(() => void server.close());
        const { send } = await alone((server.address() as net.AddressInfo).port);
        const results = await send({ count: 4 });
        assert.deepEqual(reasons(results), ['timeout', 'timeout', 'timeout', 'skipped']);
        assert.ok(results.every(({ ms }) => ms < TIMEOUT_MS + SLACK_MS));
      });
    }

    const garbage: [name: string, answer: (response: http.ServerResponse) => void][] = [
      ['a page', (response) => response.writeHead(404).end('<html>not found</html>')],
      ['an error without a code', (response) => response.writeHead(503).end('{"error":{}}')],
      ['no HTTP', (response) => response.socket!.end('SSH-2.0-OpenSSH\r\n\r\n')],
      ['nothing but the end', (response) => response.socket!.destroy()],
    ];
    for (const [name, answer] of garbage) {
      test(`what answers ${name} is not the extension`, async () => {
        const server = http.createServer((request, response) => request.resume().on('end', () => answer(response)));
        const { port } = stack.use(await listenOnLoopback(server));
        const { send } = await alone(port);
        assert.deepEqual(reasons(await send({ count: 2 })), ['unreachable', 'unreachable']);
      });
    }

    test('a record above 16 MiB is not sent', async () => {
      const { send } = await alone(await claimPort());
      assert.deepEqual(reasons(await send({ dataBytes: 17 * 1024 * 1024 })), ['too_large']);
    });
  });
}
