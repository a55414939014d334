import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type EmulatorProcess, startEmulator } from './emulator-process.ts';
import { ask } from './questions.ts';

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

async function start(...env: string[]): Promise<EmulatorProcess> {
  return stack.use(await startEmulator(env.flatMap((variable) => ['--env', variable])));
}

/** The lines of the log that have this message, parsed. */
function said(emulator: EmulatorProcess, message: string): Record<string, unknown>[] {
  const lines = emulator.output().match(/\{"level".*\}/g) ?? [];
  return lines.map((line) => JSON.parse(line)).filter((line) => line.message === message);
}

test('a function whose capture is configured wrongly answers, says what is wrong once, and counts what it loses', async () => {
  const emulator = await start('CAPTURE_TIMEOUT_MS=a quarter of a second');
  for (let i = 0; i < 2; i++) expect(await ask(emulator)).toMatchObject({ status: 200, body: { answer: 'Berlin' } });
  expect(await emulator.stop()).toBe(0);
  expect(said(emulator, 'wrong configuration: no record is captured')).toMatchObject([
    { level: 'ERROR', cause: expect.stringMatching(/^CAPTURE_TIMEOUT_MS: expected .*, got "a quarter of a second"$/) },
  ]);
  const lost = { reason: 'rejected', code: 'NOT_CONFIGURED', FunctionName: 'QuestionAnswering', notCaptured: 1 };
  expect(said(emulator, 'a record was not captured')).toMatchObject([lost, lost]);
});

test('a record that never reaches the extension is counted by the function, in the invocation that lost it', async () => {
  const hangsUp = stack.adopt(
    net.createServer((socket) => socket.destroy()).listen(0, '127.0.0.1'),
    (one) => void one.close(),
  );
  await once(hangsUp, 'listening');
  const emulator = await start(`CAPTURE_PORT=${(hangsUp.address() as AddressInfo).port}`);
  expect(await ask(emulator)).toMatchObject({ status: 200, body: { answer: 'Berlin' } });
  expect(await emulator.stop()).toBe(0);
  expect(said(emulator, 'a record was not captured')).toMatchObject([
    { reason: 'unreachable', notCaptured: 1, _aws: { CloudWatchMetrics: [{ Namespace: 'InferenceCapture' }] } },
  ]);
});

test('a function whose capture is switched off answers, and nothing is an error', async () => {
  const emulator = await start('CAPTURE_DISABLED=1', 'CAPTURE_DESTINATION=');
  expect(await ask(emulator)).toMatchObject({ status: 200, body: { answer: 'Berlin' } });
  expect(await emulator.stop()).toBe(0);
  expect(emulator.output()).not.toContain('"level":"ERROR"');
});
