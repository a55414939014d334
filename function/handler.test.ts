import { expect, test, vi } from 'vitest';
import type { CaptureClient, Exchange, SendResult } from '../capture/client.ts';
import { createHandler, type HandlerParts } from './handler.ts';
import { type QaPipeline, QuestionTooLongError } from './qa/pipeline.ts';

const ANSWER = { answer: 'Berlin', score: 0.9, start: 34, end: 40 };
const QUESTION = { question: 'Where do I live?', context: 'My name is Wolfgang and I live in Berlin.' };
const event = (body: unknown) => ({
  httpMethod: 'POST',
  headers: {},
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const answering = (answer: QaPipeline['answer']) => async () => ({ answer, modelDigest: 'abc', prepare: () => [] });

function setUp(parts: Partial<HandlerParts> = {}, captured: Partial<SendResult> = { accepted: true }) {
  const records: Exchange[] = [];
  const capture: CaptureClient = {
    send: async (exchange) => {
      records.push(exchange);
      return { eventId: exchange.eventId, ...captured } as SendResult;
    },
    close: () => {},
  };
  const log = vi.fn();
  let nowMs = 0;
  const handler = createHandler({
    pipeline: answering(async () => ANSWER),
    capture,
    log,
    now: () => (nowMs += 5),
    traceId: () => 'Root=1-5',
    ...parts,
  });
  return { records, log, handler, handle: (body: unknown) => handler(event(body), { awsRequestId: 'request-1' }) };
}

test('a question is answered, and the exchange captured as it was', async () => {
  const { handle, records } = setUp();
  const response = await handle(QUESTION);
  expect(response).toMatchObject({ statusCode: 200, body: JSON.stringify(ANSWER) });
  expect(records).toEqual([
    {
      eventId: response.headers!['x-capture-event-id'],
      requestId: 'request-1',
      input: { contentType: 'application/json', encoding: 'JSON', data: JSON.stringify(QUESTION) },
      output: { contentType: 'application/json', encoding: 'JSON', data: JSON.stringify(ANSWER) },
      status: 200,
      errorCode: undefined,
      modelDigest: 'abc',
      latencyMs: 5,
      coldStart: true,
      traceId: 'Root=1-5',
    },
  ]);
});

test('only the first invocation is a cold start', async () => {
  const { handle, records } = setUp();
  await handle(QUESTION);
  await handle('{');
  await handle(QUESTION);
  expect(records.map(({ coldStart }) => coldStart)).toEqual([true, false, false]);
});

const fails = (error: Error) => answering(() => Promise.reject(error));
test.each([
  ['malformed', '{', {}, 400, 'INVALID_JSON'],
  ['incomplete', { question: 'Who?' }, {}, 400, 'MISSING_FIELD'],
  ['too long', QUESTION, { pipeline: fails(new QuestionTooLongError('too long')) }, 400, 'QUESTION_TOO_LONG'],
  ['one that breaks the model', QUESTION, { pipeline: fails(new Error('ort')) }, 500, 'INTERNAL_ERROR'],
  [
    'asked without a model',
    QUESTION,
    { pipeline: () => Promise.reject(new Error('no file')) },
    503,
    'MODEL_UNAVAILABLE',
  ],
])('a request that is %s gets %s, and is captured as well', async (_, body, parts, status, code) => {
  const { handle, records } = setUp(parts);
  const response = await handle(body);
  expect(response.statusCode).toBe(status);
  expect(JSON.parse(response.body)).toEqual({ error: { code, message: expect.any(String) } });
  expect(records).toMatchObject([{ status, errorCode: code, output: { data: response.body } }]);
});

test('a fault of ours is logged with its cause, a fault of the caller not at all', async () => {
  const { handle, log } = setUp({ pipeline: fails(new Error('ort broke')) });
  await handle('{');
  expect(log).not.toHaveBeenCalled();
  await handle(QUESTION);
  expect(log).toHaveBeenCalledWith(
    'ERROR',
    'a request failed',
    expect.objectContaining({ cause: expect.stringContaining('ort broke') }),
  );
});

test('a record that is lost costs the caller nothing and is logged without its content', async () => {
  const { handle, log } = setUp({}, { accepted: false, reason: 'timeout' });
  expect(await handle(QUESTION)).toMatchObject({ statusCode: 200 });
  expect(log).toHaveBeenCalledWith(
    'ERROR',
    'a record was not captured',
    expect.objectContaining({ reason: 'timeout' }),
  );
  expect(JSON.stringify(log.mock.calls)).not.toContain('Wolfgang');
});

test('without capture the answer is the same', async () => {
  const { handle } = setUp({ capture: undefined });
  expect(await handle(QUESTION)).toMatchObject({ statusCode: 200, body: JSON.stringify(ANSWER) });
});

test('an event that is none of ours is answered, and captured whole', async () => {
  const { handler, records } = setUp();
  expect(await handler({ hello: 1 }, { awsRequestId: 'r' })).toMatchObject({ statusCode: 400 });
  expect(records).toMatchObject([{ errorCode: 'INVALID_EVENT', input: { data: '{"hello":1}' } }]);
});
