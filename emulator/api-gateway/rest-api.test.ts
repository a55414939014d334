import { describe, expect, test } from 'vitest';
import { answering, type Behaviour } from '../fixtures/answering.ts';
import { buildRestApi } from './rest-api.ts';

const PREFLIGHT = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Methods': 'OPTIONS,POST' };
const ROUTES = [
  { method: 'POST', path: '/orders' },
  { method: 'GET', path: '/items/{my-id}' },
  { method: 'ANY', path: '/cors' },
  { method: 'OPTIONS', path: '/cors', preflight: PREFLIGHT },
];

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
    url: '/orders?a=1',
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

test('a path parameter may have a hyphen in its name, and a slash in its value', async () => {
  const { app, requests } = gateway({});
  expect((await app.inject({ method: 'GET', url: '/items/a%2Fb%20c' })).statusCode).toBe(200);
  const event = JSON.parse(String(requests[0]?.payload));
  expect(event).toMatchObject({ pathParameters: { 'my-id': 'a%2Fb c' }, resource: '/items/{my-id}' });
});

test('a browser that asks before it sends is answered without the function', async () => {
  const { app, requests } = gateway({});
  const headers = { origin: 'http://localhost:5173', 'access-control-request-method': 'POST' };
  const response = await app.inject({ method: 'OPTIONS', url: '/cors', headers });
  expect([response.statusCode, response.body]).toEqual([200, '{}\n']);
  expect(response.headers).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'OPTIONS,POST',
  });
  expect(requests).toEqual([]);
});

describe('a body', () => {
  const post = async (payload: Buffer) => {
    const { app, requests } = gateway({});
    const response = await app.inject({ method: 'POST', url: '/orders', payload });
    return { response, requests };
  };

  test.each([
    ['latin-1', [0x7b, 0xe9, 0x7d]],
    ['an overlong form', [0xc0, 0xaf]],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
    ['a sequence that is cut off', [0xe2, 0x82]],
    ['gzip', [0x1f, 0x8b, 0x08]],
  ])('that is not UTF-8, as %s, is refused rather than changed', async (_what, bytes) => {
    const { response, requests } = await post(Buffer.from(bytes));
    expect([response.statusCode, response.json().message]).toEqual([400, expect.stringContaining('text in UTF-8')]);
    expect(requests).toEqual([]);
  });

  test.each(['é€😀', '\ufeff{}', '\u0000', '\ufffd', ''])('%j reaches the function as it came', async (body) => {
    const { requests } = await post(Buffer.from(body));
    expect(JSON.parse(String(requests[0]?.payload)).body).toBe(body === '' ? null : body);
  });
});

describe('API Gateway itself answers', () => {
  const failures: [behaviour: Behaviour, status: number, message: string][] = [
    ['fails', 502, 'Internal server error'],
    ['closed', 502, 'Internal server error'],
    ['throttles', 500, 'Internal server error'],
    ['never', 504, 'Endpoint request timed out'],
  ];
  test.each(failures)('where the function %s: %i', async (behaviour, status, message) => {
    const response = await gateway({}, behaviour).app.inject({ method: 'POST', url: '/orders' });
    expect([response.statusCode, response.json()]).toEqual([status, { message }]);
  });

  test.each([
    ['GET', '/orders'],
    ['HEAD', '/orders'],
    ['POST', '/'],
    ['POST', '/%zz'],
    ['OPTIONS', '/orders'],
  ] as const)('%s %s, which is no route: 403', async (method, url) => {
    const response = await gateway({}).app.inject({ method, url });
    expect(response.statusCode).toBe(403);
    expect(response.headers['x-amzn-errortype']).toBe('MissingAuthenticationTokenException');
  });

  test('a body over 10 MB: 413, in plain text', async () => {
    const payload = Buffer.alloc(10 * 1024 * 1024 + 1);
    const response = await gateway({}).app.inject({ method: 'POST', url: '/orders', payload });
    expect([response.statusCode, response.body]).toEqual([413, 'HTTP content length exceeded 10485760 bytes.']);
  });

  test('an event over 6 MB: 413', async () => {
    // Quotes are escaped in the event, so that 4 MB of them are 8 MB there.
    const payload = Buffer.alloc(4 * 1024 * 1024, '"');
    const response = await gateway({}).app.inject({ method: 'POST', url: '/orders', payload });
    expect([response.statusCode, response.json()]).toEqual([413, { message: 'Request Too Long' }]);
  });

  test('headers over 10,240 bytes: 431', async () => {
    const headers = { 'x-large': 'x'.repeat(10_240) };
    expect((await gateway({}).app.inject({ method: 'POST', url: '/orders', headers })).statusCode).toBe(431);
  });
});

test.each(['', 'nonsense', 'a/b/c', 'application/json, text/plain', ';'])(
  'a content type that is none reaches the function as it came: %j',
  async (type) => {
    const { app, requests } = gateway({ statusCode: 415, body: '{}' });
    const headers = { 'content-type': type };
    const response = await app.inject({ method: 'POST', url: '/orders', payload: '{"q":1}', headers });
    expect(response.statusCode).toBe(415);
    expect(JSON.parse(String(requests[0]?.payload))).toMatchObject({ headers, body: '{"q":1}' });
  },
);
