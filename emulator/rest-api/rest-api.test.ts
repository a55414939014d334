import { describe, expect, test } from 'vitest';
import { answering, type Behaviour } from '../fixtures/answering.ts';
import { buildRestApi } from './rest-api.ts';

const ROUTES = [{ method: 'POST', path: '/nlp-qa' }];

function gateway(answer: unknown, behaviour?: Behaviour) {
  const { environment, requests } = answering(answer, behaviour);
  return { requests, app: buildRestApi({ routes: ROUTES, environment, log: () => {}, timeoutMs: 20 }) };
}

test('a request becomes an event, and the answer a response', async () => {
  const { app, requests } = gateway({
    statusCode: 201,
    multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] },
    body: 'hé',
  });
  const response = await app.inject({
    method: 'POST',
    url: '/nlp-qa?a=1',
    payload: '{"q":1}',
    headers: { 'content-type': 'text/csv' },
  });
  expect([response.statusCode, response.body]).toEqual([201, 'hé']);
  expect(response.headers).toMatchObject({
    'content-type': 'application/json',
    'set-cookie': ['a=1', 'b=2'],
    'x-amzn-requestid': expect.any(String),
    'x-amz-apigw-id': expect.any(String),
  });
  const event = JSON.parse(String(requests[0]?.payload));
  expect(event).toMatchObject({ body: '{"q":1}', queryStringParameters: { a: '1' }, httpMethod: 'POST' });
  expect(event.headers['X-Amzn-Trace-Id']).toBe(requests[0]?.traceId);
});

describe('API Gateway itself answers', () => {
  const failures: [behaviour: Behaviour, status: number, message: string][] = [
    ['fails', 502, 'Internal server error'],
    ['closed', 502, 'Internal server error'],
    ['throttles', 500, 'Internal server error'],
    ['never', 504, 'Endpoint request timed out'],
  ];
  test.each(failures)('where the function %s: %i', async (behaviour, status, message) => {
    const response = await gateway({}, behaviour).app.inject({ method: 'POST', url: '/nlp-qa' });
    expect([response.statusCode, response.json()]).toEqual([status, { message }]);
  });

  test.each([
    ['GET', '/nlp-qa'],
    ['HEAD', '/nlp-qa'],
    ['POST', '/'],
    ['POST', '/%zz'],
    ['OPTIONS', '/nlp-qa'],
  ] as const)('%s %s, which is no route: 403', async (method, url) => {
    const response = await gateway({}).app.inject({ method, url });
    expect(response.statusCode).toBe(403);
    expect(response.headers['x-amzn-errortype']).toBe('MissingAuthenticationTokenException');
  });

  test('a body over 10 MB: 413, in plain text', async () => {
    const payload = Buffer.alloc(10 * 1024 * 1024 + 1);
    const response = await gateway({}).app.inject({ method: 'POST', url: '/nlp-qa', payload });
    expect([response.statusCode, response.body]).toEqual([413, 'HTTP content length exceeded 10485760 bytes.']);
  });

  test('an event over 6 MB: 413', async () => {
    // Quotes are escaped in the event, so that 4 MB of them are 8 MB there.
    const payload = Buffer.alloc(4 * 1024 * 1024, '"');
    const response = await gateway({}).app.inject({ method: 'POST', url: '/nlp-qa', payload });
    expect([response.statusCode, response.json()]).toEqual([413, { message: 'Request Too Long' }]);
  });

  test('headers over 10,240 bytes: 431', async () => {
    const headers = { 'x-large': 'x'.repeat(10_240) };
    expect((await gateway({}).app.inject({ method: 'POST', url: '/nlp-qa', headers })).statusCode).toBe(431);
  });
});

test.each(['', 'nonsense', 'a/b/c', 'application/json, text/plain', ';'])(
  'a content type that is none reaches the function as it came: %j',
  async (type) => {
    const { app, requests } = gateway({ statusCode: 415, body: '{}' });
    const headers = { 'content-type': type };
    const response = await app.inject({ method: 'POST', url: '/nlp-qa', payload: '{"q":1}', headers });
    expect(response.statusCode).toBe(415);
    expect(JSON.parse(String(requests[0]?.payload))).toMatchObject({ headers, body: '{"q":1}' });
  },
);
