/** The capture clients in other languages against the built extension, and against things that are not the extension. Run by `make oracles`. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type ExtensionProcess, startAnyExtension } from '../../../bench/extension-process.ts';
import { EXAMPLE_RECORD } from '../../../capture/fixtures/example-record.ts';
import { endProcess } from '../../../harness/end-process.ts';
import { listenOnLoopback } from '../../../harness/loopback.ts';
import { claimPort } from '../../../harness/ports.ts';

/** The program that sends records with each client: see the driver in its folder. */
const DRIVERS: Record<string, [command: string, ...args: string[]]> = {
  python: ['python3', 'clients/python/driver.py'],
  go: ['.bin-oracles/go-driver'],
};
const EXTENSION = path.resolve('dist/extension/extensions/inference-capture');
const TIMEOUT_MS = 250;
/** What a busy machine adds to a time-out, in milliseconds. */
const SLACK_MS = 150;

interface Result {
  eventId: string;
  accepted: boolean;
  reason?: string;
  code?: string;
  /** How long `send` took, in milliseconds. */
  ms: number;
}

let stack: AsyncDisposableStack;
let folder: string;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  folder = stack.adopt(await mkdtemp(path.join(tmpdir(), 'clients-')), (dir) =>
    rm(dir, { recursive: true, force: true }),
  );
});
afterEach(() => stack.disposeAsync());

/** Starts the built extension, which ends with the test. All of a test share a spool and a destination. */
async function startExtension(port: number, env: Record<string, string> = {}): Promise<ExtensionProcess> {
  const ours = {
    CAPTURE_PORT: String(port),
    CAPTURE_SPOOL_DIR: path.join(folder, 'spool'),
    CAPTURE_DESTINATION: `file://${path.join(folder, 'objects')}`,
  };
  return stack.use(await startAnyExtension({ command: EXTENSION, env: { ...ours, ...env } }));
}

/** What the client makes of records that it sends, all by one client. */
function startClient([command, ...args]: [string, ...string[]], port: number) {
  const child = spawn(command, [...args, String(port), String(TIMEOUT_MS)], { stdio: ['pipe', 'pipe', 'inherit'] });
  stack.defer(() => endProcess(child));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (count: number, atOnce = 1, change: object = {}): Promise<Result[]> => {
    const records = Array.from({ length: count }, () => {
      const { eventId: _, inferenceTime: __, ...record } = { ...EXAMPLE_RECORD, requestId: randomUUID(), ...change };
      return record;
    });
    child.stdin.write(`${JSON.stringify({ records, atOnce })}\n`);
    const { value } = await lines.next();
    return JSON.parse(value as string) as Result[];
  };
}

/** The ids of the records in the spool and in the objects. */
async function storedIds(): Promise<string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(path.join(file.parentPath, file.name), 'utf8')),
  );
  return texts.flatMap((text) => Array.from(text.matchAll(/"eventId":"([^"]+)"/g), ([, id]) => id!));
}

for (const [language, driver] of Object.entries(DRIVERS)) {
  describe(`the client in ${language}`, () => {
    test('a thousand records, eight at once, are all accepted, and each is stored once', async () => {
      const port = await claimPort();
      await startExtension(port);
      const results = await startClient(driver, port)(1000, 8);
      const accepted = results.filter(({ accepted }) => accepted).map(({ eventId }) => eventId);
      assert.equal(accepted.length, 1000);
      assert.deepEqual((await storedIds()).sort(), accepted.sort());
    });

    test('an extension that starts anew is found again, and no accepted record is lost', async () => {
      const port = await claimPort();
      const first = await startExtension(port);
      const send = startClient(driver, port);
      const before = await send(10);
      await first[Symbol.asyncDispose]();
      await startExtension(port);
      const results = [...before, ...(await send(10))];
      assert.ok(results.every(({ accepted }) => accepted));
      assert.deepEqual((await storedIds()).sort(), results.map(({ eventId }) => eventId).sort());
    });

    test('a full spool is a refusal with its code, and no silence', async () => {
      const port = await claimPort();
      await startExtension(port, { CAPTURE_SPOOL_BYTES: '5000' });
      const results = await startClient(driver, port)(20);
      const refused = results.filter(({ accepted }) => !accepted);
      assert.ok(refused.length > 10);
      assert.ok(refused.every(({ reason, code }) => reason === 'rejected' && code === 'SPOOL_FULL'));
    });

    test('where nobody listens nothing is waited for, and after three failures nothing is tried', async () => {
      const results = await startClient(driver, await claimPort())(5);
      assert.deepEqual(
        results.map(({ reason }) => reason),
        ['unreachable', 'unreachable', 'unreachable', 'skipped', 'skipped'],
      );
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
        const results = await startClient(driver, (server.address() as net.AddressInfo).port)(4);
        assert.deepEqual(
          results.map(({ reason }) => reason),
          ['timeout', 'timeout', 'timeout', 'skipped'],
        );
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
        const results = await startClient(driver, port)(2);
        assert.deepEqual(
          results.map(({ reason }) => reason),
          ['unreachable', 'unreachable'],
        );
      });
    }

    test('a record above 16 MiB is not sent', async () => {
      const data = 'x'.repeat(17 * 1024 * 1024);
      const [result] = await startClient(driver, await claimPort())(1, 1, { input: { ...EXAMPLE_RECORD.input, data } });
      assert.equal(result!.reason, 'too_large');
    });
  });
}
