import { expect, test } from 'vitest';
import { type RestRequest, restEvent } from './event.ts';

const MATCH = { route: { method: 'POST', path: '/orders' }, pathParameters: null };
const ARRIVAL = {
  requestId: 'request',
  extendedRequestId: 'extended=',
  traceId: 'Root=1-2-3',
  timeMs: Date.UTC(2025, 3, 9, 12, 34, 56, 789),
  port: 3000,
};
const event = (request: Partial<RestRequest>) =>
  restEvent(
    {
      method: 'POST',
      url: '/orders',
      rawHeaders: ['Host', 'localhost:3000'],
      body: Buffer.alloc(0),
      sourceIp: '127.0.0.1',
      httpVersion: '1.1',
      ...request,
    },
    MATCH,
    ARRIVAL,
  );

test('an event is the whole payload format 1.0', () => {
  const rawHeaders = ['Host', 'localhost:3000', 'User-Agent', 'curl/8', 'Content-Type', 'application/json'];
  const forwarded = {
    'X-Amzn-Trace-Id': 'Root=1-2-3',
    'X-Forwarded-For': '127.0.0.1',
    'X-Forwarded-Port': '3000',
    'X-Forwarded-Proto': 'http',
  };
  const headers = { Host: 'localhost:3000', 'User-Agent': 'curl/8', 'Content-Type': 'application/json', ...forwarded };
  expect(event({ rawHeaders, body: Buffer.from('{"a":"ü"}') })).toEqual({
    resource: '/orders',
    path: '/orders',
    httpMethod: 'POST',
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    requestContext: expect.objectContaining({
      requestId: 'request',
      extendedRequestId: 'extended=',
      stage: 'Prod',
      path: '/Prod/orders',
      resourcePath: '/orders',
      httpMethod: 'POST',
      protocol: 'HTTP/1.1',
      domainName: 'localhost:3000',
      domainPrefix: 'localhost',
      requestTime: '09/Apr/2025:12:34:56 +0000',
      requestTimeEpoch: ARRIVAL.timeMs,
      identity: expect.objectContaining({ sourceIp: '127.0.0.1', userAgent: 'curl/8', accountId: null, user: null }),
    }),
    body: '{"a":"ü"}',
    isBase64Encoded: false,
  });
});

const queries: [query: string, single: object | null, multi: object | null][] = [
  ['', null, null],
  ['?', null, null],
  ['?a=1', { a: '1' }, { a: ['1'] }],
  ['?a=1&b=x&a=2', { a: '2', b: 'x' }, { a: ['1', '2'], b: ['x'] }],
  ['?A=1&a=2', { A: '1', a: '2' }, { A: ['1'], a: ['2'] }],
  ['?a', { a: '' }, { a: [''] }],
  ['?a=b%20c+d%26&e=f?g', { a: 'b c d&', e: 'f?g' }, { a: ['b c d&'], e: ['f?g'] }],
];
test.each(queries)('of the query %j the last value counts, and all are there', (query, single, multi) => {
  const { path, queryStringParameters, multiValueQueryStringParameters } = event({ url: `/orders${query}` });
  expect({ path, queryStringParameters, multiValueQueryStringParameters }).toEqual({
    path: '/orders',
    queryStringParameters: single,
    multiValueQueryStringParameters: multi,
  });
});

test('headers keep their case; of a repeated one the last value counts, and all are there', () => {
  const { headers, multiValueHeaders } = event({ rawHeaders: ['X-Tag', 'a', 'x-other', 'o', 'X-Tag', 'b'] });
  expect(headers).toMatchObject({ 'X-Tag': 'b', 'x-other': 'o' });
  expect(multiValueHeaders).toMatchObject({ 'X-Tag': ['a', 'b'], 'x-other': ['o'] });
});

test('headers of the connection do not get through, and those of the gateway cannot be forged', () => {
  const sent = [
    'Connection',
    'close',
    'Content-Length',
    '3',
    'x-forwarded-for',
    '6.6.6.6',
    'Transfer-Encoding',
    'chunked',
  ];
  expect(Object.keys(event({ rawHeaders: sent }).headers)).toEqual([
    'X-Amzn-Trace-Id',
    'X-Forwarded-For',
    'X-Forwarded-Port',
    'X-Forwarded-Proto',
  ]);
});

test('an empty body is null', () => {
  expect(event({}).body).toBeNull();
});
