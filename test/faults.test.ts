import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, onTestFailed, test } from 'vitest';
import type { Stats } from '../capture/wire.ts';
import { type EmulatorProcess, startEmulator } from './emulator-process.ts';
import { ask } from './questions.ts';
import { storedRecords } from './stored-records.ts';

let stack: AsyncDisposableStack;
let local: string;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  local = stack.adopt(await mkdtemp(path.join(tmpdir(), 'faults-')), (one) => rm(one, { recursive: true }));
});
afterEach(() => stack.disposeAsync());

async function start(...env: string[]): Promise<EmulatorProcess> {
  const flags = ['CAPTURE_TIMEOUT_MS=5000', ...env].flatMap((variable) => ['--env', variable]);
  return stack.use(await startEmulator(flags, local));
}

/** The counts that the extension logs when it shuts down. */
function finalStats(emulator: EmulatorProcess): Stats {
  const line = /^.*"message":"shut down.*$/m.exec(emulator.output())?.[0] ?? '{}';
  const stats = JSON.parse(line) as Stats;
  onTestFailed(() => console.error(emulator.output()));
  const total = (counts: object) => Object.values(counts).reduce((sum: number, records: number) => sum + records, 0);
  const { received, delivered, logged, dropped, leftOut, pending } = stats;
  expect(received).toBe(delivered + logged + total(dropped) + total(leftOut) + pending);
  return stats;
}

test('while S3 cannot be reached every question is answered, and the records wait in the spool for the next start', async () => {
  const cutOff = await start('AWS_ENDPOINT_URL_S3=http://127.0.0.1:1');
  for (let i = 0; i < 5; i++) expect(await ask(cutOff)).toMatchObject({ status: 200, body: { answer: 'Berlin' } });
  expect(await cutOff.stop()).toBe(0);
  expect(finalStats(cutOff)).toMatchObject({ received: 5, delivered: 0, pending: 5 });
  expect(cutOff.output()).toMatch(/"level":"ERROR".*records that could not be delivered; they stay in the spool/);
  expect(await storedRecords(local)).toEqual([]);

  const connected = await start();
  expect(await connected.stop()).toBe(0);
  expect(finalStats(connected)).toMatchObject({ received: 5, recovered: 5, delivered: 5, pending: 0 });
  expect(await storedRecords(local)).toHaveLength(5);
});

test('a full spool refuses records, says so, and the function goes on', async () => {
  const emulator = await start('AWS_ENDPOINT_URL_S3=http://127.0.0.1:1', 'CAPTURE_SPOOL_BYTES=2000');
  for (let i = 0; i < 5; i++) expect(await ask(emulator)).toMatchObject({ status: 200 });
  await emulator.stop();
  expect(finalStats(emulator)).toMatchObject({ received: 5, pending: 2, dropped: { SPOOL_FULL: 3 } });
  expect(emulator.output()).toMatch(/a record was not captured.*"code":"SPOOL_FULL"/);
});

test('a spool that cannot be written is told once at the start, and the function goes on', async () => {
  const emulator = await start('CAPTURE_SPOOL_DIR=/dev/null/spool');
  expect(await ask(emulator)).toMatchObject({ status: 200 });
  expect(await emulator.stop()).toBe(0);
  expect(emulator.output()).toMatch(/the spool cannot be used: let CAPTURE_SPOOL_DIR name a writable folder/);
  expect(finalStats(emulator)).toMatchObject({ received: 1, dropped: { SPOOL_UNWRITABLE: 1 } });
});

test('a wrong configuration of the extension is named in the log, and the function goes on', async () => {
  const emulator = await start('CAPTURE_BATCH_BYTES=4MB');
  expect(await ask(emulator)).toMatchObject({ status: 200, body: { answer: 'Berlin' } });
  expect(await emulator.stop()).toBe(0);
  expect(emulator.output()).toMatch(
    /wrong configuration: no record is captured.*CAPTURE_BATCH_BYTES: expected a whole number/,
  );
  expect(emulator.output()).toMatch(/^Said at the start:\n {2}ERROR wrong configuration: .*CAPTURE_BATCH_BYTES/m);
});

test('a missing model is named in the log, told to every caller, and each of them is on record', async () => {
  const emulator = await start('MODEL_DIR=/nowhere');
  expect(await ask(emulator)).toMatchObject({ status: 503, body: { error: { code: 'MODEL_UNAVAILABLE' } } });
  expect(await emulator.stop()).toBe(0);
  expect(emulator.output()).toMatch(/the model cannot be loaded.*in the model folder \/nowhere, got ENOENT/);
  expect(await storedRecords(local)).toMatchObject([
    { inferenceCapture: { status: 503, errorCode: 'MODEL_UNAVAILABLE' } },
  ]);
  expect(emulator.output()).toMatch(/^Said at the start:\n {2}ERROR the model cannot be loaded .*\/nowhere/m);
});

test('records go to files where the destination is a folder', async () => {
  const emulator = await start(`CAPTURE_DESTINATION=file://${local}/s3/plain`);
  await ask(emulator);
  expect(await emulator.stop()).toBe(0);
  const records = await storedRecords(local);
  expect(records.map(({ object }) => object)).toEqual([
    expect.stringMatching(/^plain\/QuestionAnswering\/AllTraffic\/\d{4}\/\d\d\/\d\d\/\d\d\//),
  ]);
});
