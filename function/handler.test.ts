import * as v from 'valibot';
import { expect, test, vi } from 'vitest';
import type { SendResult } from '../capture/client.ts';
import { InferenceRecord } from '../capture/record.ts';
import { ANSWER, answering, event, fails, HTTP_API, QUESTION, served, setUp } from './fixtures/handler.ts';
import { DeadlineExceededError } from './model/deadline.ts';
import { InvalidParameterError } from './tasks/errors.ts';
import { type QaPipeline, QuestionTooLongError } from './tasks/question-answering/pipeline.ts';
import { anyTask } from './tasks/tasks.ts';

test('a question is answered, and the exchange captured as it was', async () => {
  const { handle, records } = setUp();
  const response = await handle(QUESTION);
  expect(response).toMatchObject({ statusCode: 200, body: JSON.stringify(ANSWER) });
  expect(records).toEqual([
    {
      eventId: response.headers['x-capture-event-id'],
      requestId: 'request-1',
      input: { contentType: 'application/json', encoding: 'JSON', data: JSON.stringify(QUESTION) },
      output: { contentType: 'application/json', encoding: 'JSON', data: JSON.stringify(ANSWER) },
      status: 200,
      inferenceId: undefined,
      errorCode: undefined,
      modelDigest: 'abc',
      latencyMs: 5,
      coldStart: true,
      traceId: 'Root=1-5',
      source: 'api-gateway-rest',
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

test.each([
  ['malformed', '{', {}, 400, 'INVALID_JSON'],
  ['incomplete', { question: 'Who?' }, {}, 400, 'MISSING_FIELD'],
  ['too long', QUESTION, { model: fails(new QuestionTooLongError('too long')) }, 400, 'QUESTION_TOO_LONG'],
  [
    'with a wrong parameter',
    { ...QUESTION, top_k: 0 },
    { model: fails(new InvalidParameterError('top_k', 'an integer of at least 1', 0)) },
    400,
    'INVALID_PARAMETER',
  ],
  ['without the time it needs', QUESTION, { model: fails(new DeadlineExceededError('x')) }, 503, 'DEADLINE_EXCEEDED'],
  ['one that breaks the model', QUESTION, { model: fails(new Error('ort')) }, 500, 'INTERNAL_ERROR'],
  [
    'asked without a model',
    QUESTION,
    { model: served(() => Promise.reject(new Error('no file'))) },
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

test('a fault of the function is logged with its cause, a fault of the caller is not', async () => {
  const { handle, log } = setUp({ model: fails(new Error('ort broke')) });
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

test.each([
  ['REST API', event(QUESTION)],
  ['HTTP API or Function URL', { ...HTTP_API, body: JSON.stringify(QUESTION) }],
])('through a proxy the answer is an HTTP response: %s', async (_, proxied) => {
  expect(await setUp().handler(proxied, { awsRequestId: 'r' })).toEqual({
    statusCode: 200,
    headers: { 'content-type': 'application/json', 'x-capture-event-id': expect.any(String) },
    body: JSON.stringify(ANSWER),
  });
});

test.each([
  ['accepted', { accepted: true }, true],
  ['refused', { accepted: false, reason: 'rejected', code: 'SPOOL_FULL' }, false],
  ['not answered in time, so that the result is unknown', { accepted: false, reason: 'timeout' }, false],
])('a response names a record that was accepted, and no other: %s', async (_, captured, named) => {
  const response = await setUp({}, captured as Partial<SendResult>).handle(QUESTION);
  expect(Object.hasOwn(response.headers, 'x-capture-event-id')).toBe(named);
});

test('without capture there is no record to name', async () => {
  const response = await setUp({ capture: undefined }).handle(QUESTION);
  expect(Object.keys(response.headers)).toEqual(['content-type']);
});

test('handing over a record takes no longer than there is time for the response', async () => {
  let clock = 0;
  const slowly = answering(async () => {
    clock += 27_850;
    return [ANSWER];
  });
  const { handler, within } = setUp({ model: slowly, now: () => clock });
  await handler(QUESTION, { awsRequestId: 'r', getRemainingTimeInMillis: () => 28_000 });
  await handler(QUESTION, { awsRequestId: 'r', getRemainingTimeInMillis: () => 27_900 });
  await handler(QUESTION, { awsRequestId: 'r' });
  expect(within).toEqual([50, 1, undefined]);
});

test('a text that is cut in the middle of an emoji is answered, with offsets into the text as it came', async () => {
  const answer = vi.fn<QaPipeline['answer']>(async () => [ANSWER]);
  const { handle, records } = setUp({ model: answering(answer) });
  await handle('{"question":"Who? \\ud83d","context":"\\ude00Anna."}');
  expect(answer).toHaveBeenCalledWith('Who? \ufffd', '\ufffdAnna.', {}, undefined);
  expect(records).toMatchObject([{ input: { encoding: 'JSON' } }]);
});

test('a direct invocation gets the answer alone, and the record has the request', async () => {
  const { handler, records } = setUp();
  expect(await handler(QUESTION, { awsRequestId: 'r' })).toEqual(ANSWER);
  expect(await handler({ hello: 1 }, { awsRequestId: 's' })).toEqual({
    error: { code: 'MISSING_FIELD', message: expect.any(String) },
  });
  expect(records).toMatchObject([
    { requestId: 'r', status: 200, input: { data: JSON.stringify(QUESTION) } },
    { requestId: 's', status: 400, input: { data: '{"hello":1}' } },
  ]);
});

test('half an event is answered as a proxy expects, and captured whole', async () => {
  const { handler, records } = setUp();
  expect(await handler({ body: '{}' }, { awsRequestId: 'r' })).toMatchObject({ statusCode: 400 });
  expect(records).toMatchObject([{ errorCode: 'INVALID_EVENT', input: { data: '{"body":"{}"}' } }]);
});

test('many questions are one exchange, and one record', async () => {
  const { handle, records } = setUp();
  const response = await handle({ inputs: [QUESTION, QUESTION] });
  expect(JSON.parse(response.body)).toEqual([ANSWER, ANSWER]);
  expect(records).toMatchObject([{ status: 200, output: { data: response.body } }]);
});

test('a response to another method than POST names POST', async () => {
  const { handler } = setUp();
  expect(await handler({ ...event(''), httpMethod: 'GET' }, { awsRequestId: 'r' })).toMatchObject({
    statusCode: 405,
    headers: { allow: 'POST' },
  });
});

test.each([
  ['of the header', QUESTION, { 'X-Inference-Id': 'label-7' }, 'label-7'],
  ['of the body', { ...QUESTION, inference_id: 'label-7' }, {}, 'label-7'],
  ['of the header before that of the body', { ...QUESTION, inference_id: 'b' }, { 'x-inference-id': 'a' }, 'a'],
  ['of a header above what is no JSON', '{', { 'x-inference-id': 'a' }, 'a'],
  ['of a body with an error', { inference_id: 'a' }, {}, 'a'],
  ['that is empty', { ...QUESTION, inference_id: '' }, {}, undefined],
  ['of a header that is too long', QUESTION, { 'x-inference-id': 'x'.repeat(257) }, undefined],
])('the record has the id %s', async (_, body, headers, inferenceId) => {
  const { handle, records } = setUp();
  await handle(body, headers);
  expect(records).toHaveLength(1);
  expect(records[0]!.inferenceId).toBe(inferenceId);
});

test.each([
  [{}, { 'x-inference-id': '' }],
  [{ inference_id: 7 }, {}],
])('a wrong id of the caller is refused: %j %j', async (fields, headers) => {
  const response = await setUp().handle({ ...QUESTION, ...fields }, headers);
  expect(JSON.parse(response.body)).toMatchObject({ error: { code: 'INVALID_FIELD' } });
});

test('the model gets the time until the time-out, less the time for capture and response', async () => {
  const answer = vi.fn<QaPipeline['answer']>(async () => [ANSWER]);
  const { handler } = setUp({ model: answering(answer), now: () => 0 });
  await handler(QUESTION, { awsRequestId: 'r', getRemainingTimeInMillis: () => 3000 });
  await handler(QUESTION, { awsRequestId: 'r' });
  expect(answer.mock.calls.map(([, , , remainingMs]) => remainingMs?.())).toEqual([2250, undefined]);
});

test('a request that came before anything of the model could be read is answered as soon as the model is loaded', async () => {
  const model = { ...answering(async () => [ANSWER]), reader: () => anyTask };
  expect(await setUp({ model }).handle(QUESTION)).toMatchObject({ statusCode: 200, body: JSON.stringify(ANSWER) });
});

test('a model that never ends loading, as from a file system that hangs, is an error before the time-out', async () => {
  vi.useFakeTimers();
  try {
    const { handler, records } = setUp({ model: served(() => new Promise(() => {})), now: () => performance.now() });
    const response = handler(event(QUESTION), { awsRequestId: 'r', getRemainingTimeInMillis: () => 28_000 });
    await vi.advanceTimersByTimeAsync(27_250);
    expect(await response).toMatchObject({ statusCode: 503 });
    expect(records).toMatchObject([{ errorCode: 'MODEL_UNAVAILABLE' }]);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('a record tells who asked, and the headers that are named, for the policy to decide by', async () => {
  const { handler, records } = setUp({ headers: ['x-tenant', 'x-absent', 'x-long'] });
  const headers = { 'X-Tenant': 'blue', authorization: 'Bearer secret', 'x-long': 'x'.repeat(8193) };
  const requestContext = { identity: { apiKeyId: 'k-1' } };
  await handler({ ...event(QUESTION), headers, requestContext }, { awsRequestId: 'request-1' });
  await handler(QUESTION, { awsRequestId: 'request-2' });
  expect(records.map(({ source, caller, headers }) => ({ source, caller, headers }))).toEqual([
    { source: 'api-gateway-rest', caller: 'k-1', headers: { 'x-tenant': 'blue' } },
    { source: 'direct', caller: undefined, headers: undefined },
  ]);
  for (const record of records)
    expect(v.is(InferenceRecord, { ...record, inferenceTime: '2026-11-23T21:00:00Z' })).toBe(true);
});
