import * as v from 'valibot';
import { describe, expect, test, vi } from 'vitest';
import { InferenceRecord } from '../capture/record.ts';
import { REQUEST_ERRORS } from './errors.ts';
import { type ProxyResponse, respond } from './event-sources/response.ts';
import { ANSWER, answering, event, fails, HTTP_API, QUESTION, served, setUp } from './fixtures/handler.ts';
import type { HandlerParts } from './handler.ts';
import { DeadlineExceededError } from './model/deadline.ts';

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
    const response = respond('load-balancer', { status, body: {}, json: '{}' });
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
  const model = answering(async () => [ANSWER]);
  const load = vi.spyOn(model, 'load');
  const { handler, records } = setUp({ model });
  const response = await handler(ping, { awsRequestId: 'r' });
  if (statusCode) expect(response).toMatchObject({ statusCode, body: '{"status":"warm"}' });
  else expect(response).toEqual({ status: 'warm' });
  expect([load.mock.calls.length, records.length]).toEqual([0, 0]);
  await handler(QUESTION, { awsRequestId: 'r' });
  expect(records).toMatchObject([{ coldStart: false }]);
});

test.each([
  [{ source: 'serverless-plugin-warmup', ...QUESTION }],
  [{ source: 'serverless-plugin-warmup', text: 'a' }],
  [{ source: 'somebody' }],
  [{ warmer: 'yes' }],
  [{ ...healthCheck, headers: { 'user-agent': 'curl/8' } }],
  [{ ...healthCheck, httpMethod: 'POST', headers: { 'user-agent': 'ELB-HealthChecker/2.0' } }],
  [event(QUESTION)],
])('an event that only resembles a ping is captured as any request: %j', async (asked) => {
  const { handler, records } = setUp();
  await handler(asked, { awsRequestId: 'r' });
  expect(records).toHaveLength(1);
});

const late = () => fails(new DeadlineExceededError('x'));
const FAULTS: [string, Partial<HandlerParts>][] = [
  ['DEADLINE_EXCEEDED', { model: late() }],
  ['INTERNAL_ERROR', { model: fails(new Error('ort')) }],
  ['MODEL_UNAVAILABLE', { model: served(() => Promise.reject(new Error('no file'))) }],
];
const ASKERS: [string, (body: object) => unknown][] = [
  ['directly', (body) => body],
  ['by SNS', (body) => ({ Records: [{ EventSource: 'aws:sns', Sns: { Message: JSON.stringify(body) } }] })],
  ['by EventBridge', (body) => ({ 'detail-type': 'Asked', source: 'my.app', detail: body })],
];
describe.each(ASKERS)('asked %s', (_, asked) => {
  test.each(FAULTS)(
    'the invocation fails with an error that may be retried, without a stack: %s',
    async (code, parts) => {
      const { handler, records } = setUp(parts);
      const failure = await handler(asked(QUESTION), { awsRequestId: 'r' }).catch((error: Error) => error);
      expect(failure).toMatchObject({ name: code, message: expect.any(String) });
      expect((failure as Error).stack).toBe(`${code}: ${(failure as Error).message}`);
      expect(records).toMatchObject([{ errorCode: code, status: expect.any(Number) }]);
    },
  );

  test('a request that can never succeed gets an answer, and is not tried again', async () => {
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

test('an answer with errors for some questions is a response to a caller who sees it, and a failure of an asynchronous invocation', async () => {
  const some = { question: ['a', 'late'], context: 'Anna.' };
  for (const [name, asked] of [['proxy', event], ...ASKERS] as const) {
    const { handler, records } = setUp({ model: lateOnly });
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

  test('each message is a request with a record, and only those that may be retried are delivered again', async () => {
    const { handler, records } = setUp({ model: lateOnly });
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
    expect(records.map(({ source }) => source)).toEqual(Array(5).fill('sqs'));
  });

  test('with an answer for each message has no failures', async () => {
    expect(await setUp().handler(sqs([asking('a'), asking('b')]), { awsRequestId: 'r' })).toEqual(failures());
  });

  test('is delivered again from the message on for which no time was left', async () => {
    let clock = 0;
    const slowly = answering(async () => {
      clock += 10_000;
      return [ANSWER];
    });
    const { handler, records } = setUp({ model: slowly, now: () => clock });
    const batch = sqs(Array(5).fill(asking('a')));
    const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 28_000 };
    expect(await handler(batch, context)).toEqual(failures('m3', 'm4'));
    expect(records).toHaveLength(3);
  });

  test('of a FIFO queue is delivered again from the first failure on', async () => {
    const { handler, records } = setUp({ model: lateOnly });
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
  ['x-odd', 7],
  ['x-odd', [7, null]],
])('with any value of a header, the function answers and captures: %s', async (name, value) => {
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
      if (!/^(x-inference-id|content-(type|encoding))$/.test(name)) expect(response.statusCode).toBe(200);
    }
  }
});
