import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { type EmulatorProcess, startEmulator } from './emulator-process.ts';
import { ask } from './questions.ts';
import { storedRecords } from './stored-records.ts';

let stack: AsyncDisposableStack;
let folder: string;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  folder = stack.adopt(await mkdtemp(path.join(tmpdir(), 'without-answer-')), (one) => rm(one, { recursive: true }));
});
afterEach(() => stack.disposeAsync());

async function start(flags: string[]): Promise<EmulatorProcess> {
  const emulator = await startEmulator([...flags, '--env', 'CAPTURE_TIMEOUT_MS=2000'], path.join(folder, 'local'));
  return stack.use(emulator);
}

const QUESTION = { question: 'Where do I live?', context: 'I live in Berlin.' };

async function invoke(
  { urls }: EmulatorProcess,
  event: object,
): Promise<{ functionError: string | null; result: unknown }> {
  const response = await fetch(`${urls.invoke}/2015-03-31/functions/QuestionAnswering/invocations`, {
    method: 'POST',
    body: JSON.stringify(event),
    signal: AbortSignal.timeout(30_000),
  });
  return { functionError: response.headers.get('x-amz-function-error'), result: await response.json() };
}

/** A copy of template.yaml with another time-out, in seconds, and what it names beside it. @returns its file */
async function templateWithTimeout(seconds: number): Promise<string> {
  const template = parseDocument(await readFile('template.yaml', 'utf8'));
  template.setIn(['Resources', 'QuestionAnswering', 'Properties', 'Timeout'], seconds);
  const file = path.join(folder, 'template.yaml');
  await writeFile(file, String(template));
  await symlink(path.resolve('dist'), path.join(folder, 'dist'));
  return file;
}

test('without a model, each event source is told in its own way to try again, and every request is on record', async () => {
  const emulator = await start(['--env', `MODEL_DIR=${path.join(folder, 'no-model')}`]);
  expect(await invoke(emulator, QUESTION)).toEqual({
    functionError: expect.any(String),
    result: {
      errorType: 'MODEL_UNAVAILABLE',
      errorMessage: expect.any(String),
      trace: [expect.stringMatching(/^MODEL_UNAVAILABLE: .+$/)],
    },
  });
  const messages = [JSON.stringify(QUESTION), 'no JSON'];
  const Records = messages.map((body, i) => ({ messageId: `m${i}`, body, eventSource: 'aws:sqs' }));
  expect(await invoke(emulator, { Records })).toEqual({
    functionError: null,
    result: { batchItemFailures: [{ itemIdentifier: 'm0' }] },
  });
  const { status, eventId } = await ask(emulator);
  expect([status, eventId]).toEqual([503, expect.any(String)]);
  expect(await emulator.stop()).toBe(0);
  const records = await storedRecords(emulator.local);
  expect(records.map(({ inferenceCapture }) => inferenceCapture.errorCode)).toEqual([
    'MODEL_UNAVAILABLE',
    'MODEL_UNAVAILABLE',
    'INVALID_JSON',
    'MODEL_UNAVAILABLE',
  ]);
}, 60_000);

test('a response names no record that was refused', async () => {
  const emulator = await start(['--env', 'CAPTURE_SPOOL_BYTES=1']);
  expect(await ask(emulator)).toMatchObject({ status: 200, eventId: null });
  expect(emulator.output()).toMatch(/a record was not captured.*"code":"SPOOL_FULL"/);
}, 60_000);

test("a megabyte that is made to take for ever is answered or refused within the function's time, with a record", async () => {
  const emulator = await start(['--template', await templateWithTimeout(12)]);
  const texts = [
    `a${'\u0301\u0316'.repeat(250_000)}`,
    `a${'\u0301\u302e'.repeat(200_000)}`,
    'é'.repeat(500_000),
    Array.from({ length: 9000 }, (_, i) => `${i}x`.repeat(30).slice(0, 100)).join(' '),
  ];
  for (const context of texts) {
    const { functionError, result } = await invoke(emulator, {
      version: '2.0',
      requestContext: { http: { method: 'POST' } },
      body: JSON.stringify({ question: 'Where do I live?', context }),
    });
    expect(functionError).toBeNull();
    expect([200, 503]).toContain((result as { statusCode: number }).statusCode);
  }
  expect(await emulator.stop()).toBe(0);
  expect(await storedRecords(emulator.local)).toHaveLength(texts.length);
}, 120_000);
