import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCaptureClient } from '../capture/client.ts';
import { EXAMPLE_RECORD } from '../capture/fixtures/example-record.ts';
import { type Running, startExtension } from './fixtures/extension-process.ts';
import { answersIn, connect, ended } from './receiver/fixtures/raw.ts';

/** Stands for what is personal. It must be in the spool and in objects alone. */
const CANARY = 'canary8f3a';
const NUMBER = 4_111_111_111_111_111;
const SEEN = /canary|4111111/i;

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());
const start = (env: Record<string, string> = {}) => startExtension(stack, { CAPTURE_LOG_LEVEL: 'debug', ...env });

/** A record that has the canary in every field that may hold any text, except in its id. */
const payload = { contentType: CANARY, encoding: 'JSON', data: `{"a":"${CANARY}","b":${NUMBER}}` } as const;
const record = (eventId: string = randomUUID()) => ({
  ...EXAMPLE_RECORD,
  eventId,
  requestId: CANARY,
  input: payload,
  output: payload,
  latencyMs: NUMBER,
  inferenceId: CANARY,
  errorCode: CANARY,
  modelDigest: CANARY,
  traceId: CANARY,
  customAttributes: [CANARY],
  lostBefore: { counts: [{ id: CANARY, skipped: 1 }], unanswered: [{ eventId: CANARY, reason: 'timeout' as const }] },
});

const HOST = 'host: localhost\r\n';
const TYPE = 'content-type: application/json\r\n';
const request = (body: string, line = 'POST /v1/records', headers = HOST + TYPE) =>
  `${line} HTTP/1.1\r\n${headers}connection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** Each field of a record with each wrong value. */
function wrongRecords(): string[] {
  const wrong = [CANARY, NUMBER, -NUMBER, [CANARY], { [CANARY]: CANARY }, [[CANARY]], true, null, `${CANARY}\ud800`];
  const whole = record();
  const fields = Object.keys(whole).flatMap((field) => wrong.map((value) => ({ ...whole, [field]: value })));
  const inner = ['contentType', 'encoding', 'data'].flatMap((key) =>
    wrong.map((value) => ({ ...whole, output: { ...payload, [key]: value } })),
  );
  const losses = ['counts', 'unanswered'].flatMap((key) =>
    wrong.map((value) => ({ ...whole, lostBefore: { [key]: value } })),
  );
  return [...fields, ...inner, ...losses].map((one) => JSON.stringify(one));
}

/** Requests that are wrong in every part that a sender writes. */
function wrongRequests(): string[] {
  const json = JSON.stringify(record());
  const bodies = [
    json.slice(0, -1),
    json.slice(0, json.indexOf(CANARY) + 3),
    CANARY,
    `"${CANARY}"`,
    `${CANARY}${json}`,
    json + CANARY,
    `{"${CANARY}":`,
    `[${NUMBER}]`,
    json.replace('{', `{"eventId":"${CANARY}\\ud800",`),
  ];
  const lines = [json.slice(1), CANARY, '{}', `{"${CANARY}":1}`].join('\n');
  return [
    ...bodies.map((body) => request(body)),
    request(lines, 'POST /v1/records', `${HOST}content-type: application/x-ndjson\r\n`),
    request(json, `POST /${CANARY}`),
    request(json, `POST /v1/records/${CANARY}?${CANARY}=${CANARY}`),
    request(json, `POST http://${CANARY}/v1/records`),
    request('', `GET /v1/records?${encodeURIComponent(json)}`),
    request('', `GET /v1/stats?${CANARY}`),
    request('', `DELETE /v1/records?${CANARY}`),
    request('', `${CANARY.toUpperCase()} /v1/records`),
    request(json, 'POST /v1/records', `host: ${CANARY}\r\n${TYPE}`),
    request(json, 'POST /v1/records', `${HOST}${HOST}x-${CANARY}: ${CANARY}\r\n${TYPE}`),
    request(json, 'POST /v1/records', `${HOST}origin: https://${CANARY}\r\n${TYPE}`),
    request(json, 'POST /v1/records', `${HOST}sec-fetch-site: ${CANARY}\r\n${TYPE}`),
    request(json, 'POST /v1/records', `${HOST}content-type: ${CANARY}/${CANARY}\r\n`),
    request(
      json,
      'POST /v1/records',
      `${HOST}content-type: application/json; charset=${CANARY}\r\nexpect: ${CANARY}\r\n`,
    ),
    request(json, 'POST /v1/records', `${HOST}transfer-encoding: ${CANARY}\r\n${TYPE}`),
    request(json, 'POST /v1/records', `${HOST}${CANARY} ${CANARY}\r\n${TYPE}`),
    `${CANARY}\r\n\r\n`,
    `POST /v1/records HTTP/1.1\r\n${HOST}${TYPE}transfer-encoding: chunked\r\n\r\n${CANARY}\r\n\r\n`,
    `CONNECT ${CANARY}:443 HTTP/1.1\r\n${HOST}\r\n`,
  ];
}

/** Sends a request as it is. @returns all that is answered */
async function send({ port }: Running, text: string): Promise<string> {
  const socket = connect(port);
  socket.write(text);
  return ended(socket);
}

/** Ends the environment, and looks through all that the extension has written. */
async function expectSilence({ lambda, exited, written, lines }: Running): Promise<void> {
  lambda.shutdown();
  expect(await exited).toBe(0);
  expect(lines().length).toBeGreaterThan(0);
  expect(written()).not.toMatch(SEEN);
}

test('no wrong request is repeated, neither in the log nor in the answer', async () => {
  const extension = await start();
  await extension.lambda.asked(1);
  const requests = [...wrongRecords().map((body) => request(body)), ...wrongRequests()];
  for (const text of requests) {
    const received = await send(extension, text);
    expect(answersIn(received), text).toHaveLength(1);
    expect(received, text).not.toMatch(SEEN);
  }
  const codes = extension.lines().map(({ code }) => code);
  expect(codes).toEqual(expect.arrayContaining(['INVALID_JSON', 'INVALID_RECORD']));
  await expectSilence(extension);
});

const CLIENT_RESULTS: [string, Record<string, string>, object, string][] = [
  ['is accepted', {}, { accepted: true }, 'shut down; all'],
  ['finds no room', { CAPTURE_SPOOL_BYTES: '10' }, { code: 'SPOOL_FULL' }, 'the spool is full'],
  ['finds no disk', { CAPTURE_SPOOL_DIR: '/dev/null/x' }, { code: 'SPOOL_UNWRITABLE' }, 'the spool cannot be written'],
  ['finds no configuration', { CAPTURE_BATCH_BYTES: 'many' }, { code: 'NOT_CONFIGURED' }, 'wrong configuration'],
];
test.each(CLIENT_RESULTS)('a record that %s is told of by its id alone', async (_, env, expected, message) => {
  const extension = await start(env);
  await extension.lambda.asked(1);
  const client = createCaptureClient({ port: extension.port, timeoutMs: 5000 });
  const { lostBefore: __, ...exchange } = record();
  const result = await client.send(exchange);
  client.close();
  expect(result).toMatchObject(expected);
  expect(JSON.stringify(result)).not.toMatch(SEEN);
  await expectSilence(extension);
  expect(extension.written()).toContain(message);
});

test.each([
  ['refuses', { status: 403, code: 'AccessDenied' }],
  ['is overloaded', { status: 503, code: 'SlowDown' }],
  ['breaks the connection', 'breaks the connection' as const],
])('an S3 that %s is told of without the records that it got', async (_, behaviour) => {
  const extension = await start({ CAPTURE_FLUSH_STRATEGY: 'end' });
  extension.s3.behave(behaviour);
  await extension.lambda.asked(1);
  extension.lambda.invoke(CANARY);
  expect(await send(extension, request(JSON.stringify(record())))).toMatch(/^HTTP\/1\.1 202 /);
  await extension.lambda.asked(2);
  await expectSilence(extension);
  expect(extension.s3.requests.length).toBeGreaterThan(0);
  expect(extension.written()).toContain('shut down with records that could not be delivered');
});

test('a folder that takes no object, and a spool that others have changed, are told of without the records', async () => {
  const file = `/tmp/${randomUUID()}`;
  fs.writeFileSync(file, '');
  stack.defer(() => fs.rmSync(file));
  const extension = await start({ CAPTURE_DESTINATION: `file://${file}`, CAPTURE_FLUSH_STRATEGY: 'end' });
  await extension.lambda.asked(1);
  for (let i = 0; i < 3; i++) await send(extension, request(JSON.stringify(record())));
  const [segment] = fs.globSync(`${extension.spool}/**/*.open`);
  fs.truncateSync(segment!, 100);
  await send(extension, request(JSON.stringify(record())));
  await expectSilence(extension);
  expect(extension.written()).toContain('"VANISHED"');
});

/** Loaded before the extension: makes it fail where it writes a record with the id `faulty`, in each way in which code can fail. */
const FAULTS = `
  const { parse, stringify } = JSON;
  JSON.stringify = (value, ...others) => {
    if (value?.eventMetadata?.eventId !== 'faulty') return stringify(value, ...others);
    const text = value.captureData.endpointInput.data;
    setImmediate(() => { throw new Error(text); });
    setImmediate(() => { throw text; });
    setImmediate(() => { throw undefined; });
    Promise.reject(value);
    Promise.reject(new Error(text, { cause: value }));
    parse(text.slice(3)); // its error quotes the text
  };`;

test('a fault that quotes a record is told of without it, and the extension goes on', async () => {
  const preload = `--import=data:text/javascript,${encodeURIComponent(FAULTS)}`;
  const extension = await start({ NODE_OPTIONS: preload });
  await extension.lambda.asked(1);
  const received = await send(extension, request(JSON.stringify(record('faulty'))));
  expect(received).toMatch(/^HTTP\/1\.1 500 /);
  expect(received).not.toMatch(SEEN);
  expect(await send(extension, request(JSON.stringify(record())))).toMatch(/^HTTP\/1\.1 202 /);
  await expectSilence(extension);
  const unexpected = extension.lines().filter(({ message }) => message === 'unexpected error');
  expect(unexpected.map(({ cause }) => String(cause).split('\n')[0]).sort()).toEqual([
    'Error',
    'Error',
    'Expected an Error, got string',
    'Expected an Error, got undefined',
    'SyntaxError',
    'UnhandledPromiseRejection ERR_UNHANDLED_REJECTION',
  ]);
});

test('what the last resort writes is the one exception, and only where it is asked for', async () => {
  const extension = await start({ CAPTURE_LAST_RESORT: 'log' });
  extension.s3.behave({ status: 503, code: 'SlowDown' });
  await extension.lambda.asked(1);
  await send(extension, request(JSON.stringify(record())));
  extension.lambda.shutdown();
  await extension.exited;
  const others = extension.lines().filter(({ message }) => message !== 'a record that could not be delivered');
  expect(others.length).toBe(extension.lines().length - 1);
  expect(JSON.stringify(others)).not.toMatch(SEEN);
  expect(extension.written()).toMatch(SEEN);
});
