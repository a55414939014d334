import * as v from 'valibot';
import { describe, expect, test, vi } from 'vitest';
import type { CaptureClient, Exchange, SendResult } from '../capture/client.ts';
import { InferenceRecord } from '../capture/record.ts';
import { REQUEST_ERRORS } from './errors.ts';
import { createHandler, type HandlerParts } from './handler.ts';
import { DeadlineExceededError } from './qa/deadline.ts';
import { InvalidParameterError } from './qa/parameters.ts';
import { type QaPipeline, QuestionTooLongError } from './qa/pipeline.ts';
import { type ProxyResponse, respond } from './response.ts';

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
  const within: (number | undefined)[] = [];
  const capture: CaptureClient = {
    send: async (exchange, withinMs) => {
      records.push(exchange);
      within.push(withinMs);
      return { eventId: exchange.eventId, ...captured } as SendResult;
    },
    close: () => {},
  };
  const log = vi.fn();
  let nowMs = 0;
  const handler = createHandler({
    pipeline: answering(async () => [ANSWER]),
    capture,
    log,
    now: () => (nowMs += 5),
    traceId: () => 'Root=1-5',
    deadlineMarginMs: 750,
    ...parts,
  });
  /** Through the REST API. */
  const handle = async (body: unknown, headers = {}) =>
    (await handler({ ...event(body), headers }, { awsRequestId: 'request-1' })) as ProxyResponse;
  return { records, within, log, handler, handle };
}

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
  [
    'with a wrong parameter',
    { ...QUESTION, top_k: 0 },
    { pipeline: fails(new InvalidParameterError('top_k', 'an integer of at least 1', 0)) },
    400,
    'INVALID_PARAMETER',
  ],
  [
    'without the time it needs',
    QUESTION,
    { pipeline: fails(new DeadlineExceededError('x')) },
    503,
    'DEADLINE_EXCEEDED',
  ],
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

const HTTP_API = { version: '2.0', requestContext: { http: { method: 'POST' } }, headers: {} };

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
  ['not answered in time, so that nobody knows', { accepted: false, reason: 'timeout' }, false],
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
  const { handler, within } = setUp({ pipeline: slowly, now: () => clock });
  await handler(QUESTION, { awsRequestId: 'r', getRemainingTimeInMillis: () => 28_000 });
  await handler(QUESTION, { awsRequestId: 'r', getRemainingTimeInMillis: () => 27_900 });
  await handler(QUESTION, { awsRequestId: 'r' });
  expect(within).toEqual([50, 1, undefined]);
});

const ELB = { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/a/1' } };
test.each([
  ['one value a header', { headers: {} }, 'headers', 'application/json'],
  ['lists of values', { multiValueHeaders: { host: ['a'] } }, 'multiValueHeaders', ['application/json']],
])('a load balancer gets the response that it takes: %s', async (_, headers, key, contentType) => {
  const { handler, records } = setUp();
  const proxied = { httpMethod: 'POST', requestContext: ELB, body: JSON.stringify(QUESTION), ...headers };
  const response = (await handler(proxied, { awsRequestId: 'r' })) as unknown as Record<string, unknown>;
  expect(response).toMatchObject({
    statusCode: 200,
    statusDescription: '200 OK',
    [key]: { 'content-type': contentType },
    body: JSON.stringify(ANSWER),
    isBase64Encoded: false,
  });
  expect('headers' in response && 'multiValueHeaders' in response).toBe(false);
  expect(records).toHaveLength(1);
});

test.each(Object.values(REQUEST_ERRORS).map(({ status }) => status))(
  'a load balancer is told what %i means',
  (status) => {
    const response = respond('balancer', { status, body: {}, json: '{}' });
    expect(response).toHaveProperty(
      'statusDescription',
      expect.stringMatching(new RegExp(`^${status} [A-Z][A-Za-z ]+$`)),
    );
  },
);

const healthCheck = { httpMethod: 'GET', requestContext: ELB, body: '' };
test.each([
  [{ source: 'serverless-plugin-warmup' }, undefined],
  [{ source: 'serverless-plugin-lambda-warmup' }, undefined],
  [{ warmer: true, concurrency: 3 }, undefined],
  [{ version: '0', 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} }, undefined],
  [{ version: '0', 'detail-type': 'Scheduled Event', source: 'aws.scheduler', detail: '{}' }, undefined],
  [{ ...healthCheck, headers: { 'user-agent': 'ELB-HealthChecker/2.0' } }, 200],
  [{ ...healthCheck, multiValueHeaders: { 'user-agent': ['ELB-HealthChecker/2.0'] } }, 200],
])('a ping is answered without a model and without a record: %j', async (ping, statusCode) => {
  const pipeline = vi.fn(answering(async () => [ANSWER]));
  const { handler, records } = setUp({ pipeline });
  const response = await handler(ping, { awsRequestId: 'r' });
  if (statusCode) expect(response).toMatchObject({ statusCode, body: '{"status":"warm"}' });
  else expect(response).toEqual({ status: 'warm' });
  expect([pipeline.mock.calls.length, records.length]).toEqual([0, 0]);
  await handler(QUESTION, { awsRequestId: 'r' });
  expect(records).toMatchObject([{ coldStart: false }]);
});

test.each([
  [{ source: 'serverless-plugin-warmup', ...QUESTION }],
  [{ source: 'somebody' }],
  [{ warmer: 'yes' }],
  [{ ...healthCheck, headers: { 'user-agent': 'curl/8' } }],
  [{ ...healthCheck, httpMethod: 'POST', headers: { 'user-agent': 'ELB-HealthChecker/2.0' } }],
  [event(QUESTION)],
])('what only looks like a ping is captured as any request: %j', async (asked) => {
  const { handler, records } = setUp();
  await handler(asked, { awsRequestId: 'r' });
  expect(records).toHaveLength(1);
});

const late = () => fails(new DeadlineExceededError('x'));
const FAULTS: [string, Partial<HandlerParts>][] = [
  ['DEADLINE_EXCEEDED', { pipeline: late() }],
  ['INTERNAL_ERROR', { pipeline: fails(new Error('ort')) }],
  ['MODEL_UNAVAILABLE', { pipeline: () => Promise.reject(new Error('no file')) }],
];
const ASKERS: [string, (body: object) => unknown][] = [
  ['directly', (body) => body],
  ['by SNS', (body) => ({ Records: [{ EventSource: 'aws:sns', Sns: { Message: JSON.stringify(body) } }] })],
  ['by EventBridge', (body) => ({ 'detail-type': 'Asked', source: 'my.app', detail: body })],
];
describe.each(ASKERS)('asked %s', (_, asked) => {
  test.each(FAULTS)('the invocation fails with what may be retried, without a stack: %s', async (code, parts) => {
    const { handler, records } = setUp(parts);
    const failure = await handler(asked(QUESTION), { awsRequestId: 'r' }).catch((error: Error) => error);
    expect(failure).toMatchObject({ name: code, message: expect.any(String) });
    expect((failure as Error).stack).toBe(`${code}: ${(failure as Error).message}`);
    expect(records).toMatchObject([{ errorCode: code, status: expect.any(Number) }]);
  });

  test('what never can succeed is an answer, and is not tried again', async () => {
    const { handler, records } = setUp();
    expect(await handler(asked({ hello: 1 }), { awsRequestId: 'r' })).toMatchObject({
      error: { code: 'MISSING_FIELD' },
    });
    expect(records).toMatchObject([{ errorCode: 'MISSING_FIELD', status: 400, input: { encoding: 'JSON' } }]);
  });
});

/** Answers the question "late" with an error that may be retried. */
const lateOnly = answering(async (question) => {
  if (question === 'late') throw new DeadlineExceededError('x');
  return [ANSWER];
});

test('an answer in which some questions have none is one to who sees it, and a failure where nobody does', async () => {
  const some = { question: ['a', 'late'], context: 'Anna.' };
  for (const [name, asked] of [['proxy', event], ...ASKERS] as const) {
    const { handler, records } = setUp({ pipeline: lateOnly });
    const response = handler(asked(some), { awsRequestId: 'r' });
    if (name === 'directly') expect(await response).toMatchObject([ANSWER, { error: { code: 'DEADLINE_EXCEEDED' } }]);
    else if (name === 'proxy') expect(await response).toMatchObject({ statusCode: 200 });
    else await expect(response).rejects.toMatchObject({ name: 'DEADLINE_EXCEEDED' });
    const [record] = records;
    expect(record).toMatchObject({ status: 200, errorCode: 'DEADLINE_EXCEEDED' });
    expect(JSON.parse(record!.output.data)).toMatchObject([ANSWER, { error: { code: 'DEADLINE_EXCEEDED' } }]);
  }
});

describe('a batch of SQS', () => {
  const sqs = (bodies: string[], queue = 'questions') => ({
    Records: bodies.map((body, i) => ({
      messageId: `m${i}`,
      body,
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:eu-west-1:123456789012:${queue}`,
    })),
  });
  const asking = (question: string) => JSON.stringify({ question, context: 'Anna.' });
  const failures = (...ids: string[]) => ({ batchItemFailures: ids.map((id) => ({ itemIdentifier: id })) });

  test('each message is a request with a record; those that may be retried come again, those that never can succeed do not', async () => {
    const { handler, records } = setUp({ pipeline: lateOnly });
    const batch = sqs([
      asking('a'),
      asking('late'),
      'no JSON',
      '{"question":7}',
      JSON.stringify({ question: ['a', 'late'], context: 'b' }),
    ]);
    expect(await handler(batch, { awsRequestId: 'r' })).toEqual(failures('m1', 'm4'));
    expect(records.map(({ status, errorCode }) => [status, errorCode])).toEqual([
      [200, undefined],
      [503, 'DEADLINE_EXCEEDED'],
      [400, 'INVALID_JSON'],
      [400, 'INVALID_FIELD'],
      [200, 'DEADLINE_EXCEEDED'],
    ]);
    expect(records[2]!.input).toMatchObject({ encoding: 'BASE64', data: Buffer.from('no JSON').toString('base64') });
    expect(new Set(records.map(({ eventId }) => eventId)).size).toBe(5);
  });

  test('all of which are answered fails in nothing', async () => {
    expect(await setUp().handler(sqs([asking('a'), asking('b')]), { awsRequestId: 'r' })).toEqual(failures());
  });

  test('is given back from where the time ran out', async () => {
    let clock = 0;
    const slowly = answering(async () => {
      clock += 10_000;
      return [ANSWER];
    });
    const { handler, records } = setUp({ pipeline: slowly, now: () => clock });
    const batch = sqs(Array(5).fill(asking('a')));
    const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 28_000 };
    expect(await handler(batch, context)).toEqual(failures('m3', 'm4'));
    expect(records).toHaveLength(3);
  });

  test('that must stay in order is given back from the first failure on', async () => {
    const { handler, records } = setUp({ pipeline: lateOnly });
    const batch = sqs([asking('a'), asking('late'), asking('b')], 'questions.fifo');
    expect(await handler(batch, { awsRequestId: 'r' })).toEqual(failures('m1', 'm2'));
    expect(records).toHaveLength(2);
  });
});

test.each([
  ['x-inference-id', ''],
  ['x-inference-id', 'x'.repeat(100_000)],
  ['x-inference-id', '\ud83d'],
  ['x-inference-id', 7],
  ['x-inference-id', ['a', 'b']],
  ['content-type', 'application/json, application/json'],
  ['content-type', `a/${'b'.repeat(100_000)}`],
  ['content-type', null],
  ['content-encoding', 'gzip, br'],
  ['content-length', 'many'],
  ['transfer-encoding', 'chunked'],
  ['host', ''],
  ['expect', '100-continue'],
  ['__proto__', 'a'],
])('whatever a header says, it is the function that answers, and captures: %s', async (name, value) => {
  for (const key of ['headers', 'multiValueHeaders']) {
    for (const envelope of [event(QUESTION), { ...HTTP_API, body: JSON.stringify(QUESTION) }]) {
      const { handler, records } = setUp();
      const odd = { ...envelope, [key]: Object.fromEntries([[name, value]]) };
      const response = (await handler(odd, { awsRequestId: 'r' })) as ProxyResponse;
      const [record] = records.map((each) =>
        v.parse(InferenceRecord, { ...each, inferenceTime: '2026-11-23T21:00:00Z' }),
      );
      expect(record).toMatchObject({ status: response.statusCode, output: { data: response.body } });
      expect(response.headers['x-capture-event-id']).toBe(record!.eventId);
    }
  }
});

test('what is cut in the middle of an emoji is answered, with places that are those of the text as it came', async () => {
  const answer = vi.fn<QaPipeline['answer']>(async () => [ANSWER]);
  const { handle, records } = setUp({ pipeline: answering(answer) });
  await handle('{"question":"Who? \\ud83d","context":"\\ude00Anna."}');
  expect(answer).toHaveBeenCalledWith('Who? \ufffd', '\ufffdAnna.', {}, undefined);
  expect(records).toMatchObject([{ input: { encoding: 'JSON' } }]);
});

test('whoever invokes the function directly gets the answer by itself, and the record has the request', async () => {
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

test('a method that is not POST is told which one is', async () => {
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
  ['that is none', { ...QUESTION, inference_id: '' }, {}, undefined],
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

test('the model is given what is left until the time-out, less what capture and response need', async () => {
  const answer = vi.fn<QaPipeline['answer']>(async () => [ANSWER]);
  const { handler } = setUp({ pipeline: answering(answer), now: () => 0 });
  await handler(QUESTION, { awsRequestId: 'r', getRemainingTimeInMillis: () => 3000 });
  await handler(QUESTION, { awsRequestId: 'r' });
  expect(answer.mock.calls.map(([, , , remainingMs]) => remainingMs?.())).toEqual([2250, undefined]);
});
