import { expect, test } from 'vitest';
import { MAX_BODY_BYTES } from './body.ts';
import { readEvent } from './event.ts';

const rest = (event: object) => ({ httpMethod: 'POST', headers: null, ...event });
const http = (event: object) => ({ version: '2.0', requestContext: { http: { method: 'POST' } }, ...event });

test('headers are found whatever their case', () => {
  expect(readEvent(rest({ headers: { 'X-Inference-ID': 'a' } })).headers.get('x-inference-id')).toBe('a');
});

test.each([
  ['one value a header', { headers: { 'X-Inference-Id': 'a' } }],
  ['lists alone, and no headers', { headers: null, multiValueHeaders: { 'x-inference-id': ['a'] } }],
  ['lists alone, and headers absent', { headers: undefined, multiValueHeaders: { 'X-Inference-ID': ['b', 'a'] } }],
  ['both', { headers: { 'x-inference-id': 'a' }, multiValueHeaders: { 'x-inference-id': ['b', 'a'] } }],
  ['others that are no text', { headers: { 'x-inference-id': 'a', 'x-odd': 7, 'x-none': null, 'x-list': ['b'] } }],
  ['lists that are none', { multiValueHeaders: { 'x-inference-id': 'a', 'x-odd': {}, 'x-none': null, 'x-empty': [] } }],
])('a header is found among %s', (_, event) => {
  for (const proxied of [rest, http]) {
    const { headers, refusal } = readEvent(proxied(event));
    expect([headers.get('x-inference-id'), refusal]).toEqual(['a', undefined]);
  }
});

test('the content type of lists alone is looked at as any other', () => {
  const event = rest({ body: '{}', multiValueHeaders: { 'Content-Type': ['text/csv'] } });
  expect(readEvent(event).body.payload.contentType).toBe('text/csv');
  expect(readEvent(event).headers.get('content-type')).toBe('text/csv');
});

const ASKED = '{"question":"Who?"}';
const elb = { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/a/1' } };
const sns = { Records: [{ EventSource: 'aws:sns', Sns: { MessageId: 'm', Message: ASKED } }] };
const bus = { version: '0', id: 'e', 'detail-type': 'Asked', source: 'my.app', detail: { question: 'Who?' } };

test.each([
  ['a load balancer', rest({ requestContext: elb, body: ASKED }), 'load-balancer'],
  [
    'one with lists',
    rest({ requestContext: elb, multiValueHeaders: { host: ['a'] }, body: ASKED }),
    'load-balancer-multi-value',
  ],
  [
    'a REST API',
    rest({ requestContext: { requestId: 'a' }, multiValueHeaders: { host: ['a'] }, body: ASKED }),
    'api-gateway',
  ],
  ['SNS', sns, 'asynchronous'],
  ['EventBridge', bus, 'asynchronous'],
  ['S3', { Records: [{ eventSource: 'aws:s3', s3: {} }] }, 'direct'],
])('an event of %s has its source', (_, event, source) => {
  const incoming = readEvent(event);
  expect(incoming).toMatchObject({ source, method: 'POST', body: { payload: { contentType: 'application/json' } } });
  if (source !== 'direct')
    expect(incoming.body).toMatchObject({ payload: { data: ASKED }, json: { question: 'Who?' } });
});

test('a caller who names no content type is taken to send JSON', () => {
  expect(readEvent(rest({ body: '{}' })).body.payload.contentType).toBe('application/json');
});

test.each([[{ question: 'Who?' }], [{ version: '2.0' }], [{}], [[1]], [null], ['text'], [7]])(
  '%j comes from a direct invocation',
  (event) => {
    expect(readEvent(event)).toEqual({
      source: 'direct',
      method: 'POST',
      headers: new Map(),
      body: {
        payload: { contentType: 'application/json', encoding: 'JSON', data: JSON.stringify(event) },
        json: event,
      },
    });
  },
);

test.each([
  [{ httpMethod: 'POST', body: 7 }, 'got httpMethod: a string of 4 characters, body: 7'],
  [{ httpMethod: 'POST', headers: [1] }, 'headers: a list of 1'],
  [{ version: '1.9', requestContext: { http: { method: 'POST' } }, body: '{}' }, 'requestContext: an object'],
  [{ version: '2.0', requestContext: {}, rawPath: '/' }, 'rawPath'],
  [{ body: '{"question":"Who?"}' }, 'got body: a string of 19 characters'],
])('%j is half an event: it is refused as a proxy expects, and kept whole', (event, message) => {
  const incoming = readEvent(event);
  expect(incoming).toMatchObject({ source: 'api-gateway', body: { payload: { data: JSON.stringify(event) } } });
  expect(incoming.refusal).toMatchObject({ code: 'INVALID_EVENT', message: expect.stringContaining(message) });
});

test('JSON that is nested too deeply to be written is refused', () => {
  const event = JSON.parse(`{"question":${'['.repeat(50_000)}${']'.repeat(50_000)}}`);
  expect(readEvent(event)).toMatchObject({ source: 'direct', body: { refusal: { code: 'INVALID_EVENT' } } });
});

test.each([
  ['directly', (request: object) => request],
  ['by EventBridge', (request: object) => ({ ...bus, detail: request })],
])('a request that comes %s may have no more bytes than a body', (_, event) => {
  const request = { question: 'Who?', context: 'é'.repeat(MAX_BODY_BYTES / 2) };
  expect(readEvent(event(request)).body).toMatchObject({
    payload: { encoding: 'JSON', data: JSON.stringify(request) },
    refusal: { code: 'BODY_TOO_LARGE' },
  });
});
