import { expect, test } from 'vitest';
import { answering, type Behaviour } from '../fixtures/answering.ts';
import { buildInvokeApi } from './invoke-api.ts';
import { functionNameOf } from './invoke-error.ts';

async function invoke(
  name: string,
  headers: Record<string, string> = {},
  payload: string | Buffer = '{}',
  behaviour?: Behaviour,
) {
  const { environment, requests } = answering({ answer: 1 }, behaviour);
  const app = buildInvokeApi({ functionName: 'Orders', environment });
  const url = `/2015-03-31/functions/${name}/invocations`;
  return { requests, response: await app.inject({ method: 'POST', url, headers, payload }) };
}

test('an answer comes with its request and version', async () => {
  const { response, requests } = await invoke('Orders', {}, '{"a":1}');
  expect([response.statusCode, response.json()]).toEqual([200, { answer: 1 }]);
  expect(response.headers).toMatchObject({ 'x-amz-executed-version': '$LATEST', 'x-amzn-requestid': 'request-id' });
  expect(response.headers).not.toHaveProperty('x-amz-function-error');
  expect(response.headers).not.toHaveProperty('x-amz-log-result');
  expect(String(requests[0]?.payload)).toBe('{"a":1}');
});

test('an empty body is an empty object', async () => {
  expect(String((await invoke('Orders', {}, '')).requests[0]?.payload)).toBe('{}');
});

test.each(['', 'nonsense', 'text/plain', 'a/b/c', 'application/json; charset'])(
  'the content type does not matter: %j',
  async (type) => {
    const { response, requests } = await invoke('Orders', { 'content-type': type }, '{"a":1}');
    expect([response.statusCode, String(requests[0]?.payload)]).toEqual([200, '{"a":1}']);
  },
);

test('a failure of the function is a 200 that says so', async () => {
  const { response } = await invoke('Orders', {}, '{}', 'fails');
  expect([response.statusCode, response.headers['x-amz-function-error']]).toEqual([200, 'Unhandled']);
  expect(response.json().errorType).toBe('Sandbox.Timedout');
});

test('the tail of the log is there for a caller who asks', async () => {
  const { response } = await invoke('Orders', { 'x-amz-log-type': 'Tail' });
  expect(Buffer.from(String(response.headers['x-amz-log-result']), 'base64').toString()).toBe('a line of the log\n');
});

test('the client context is handed on, as ASCII', async () => {
  const context = Buffer.from('{"custom":{"ü":"€"}}').toString('base64');
  const { requests } = await invoke('Orders', { 'x-amz-client-context': context });
  expect(requests[0]?.clientContext).toMatch(/^[ -~]*$/);
  expect(JSON.parse(String(requests[0]?.clientContext))).toEqual({ custom: { ü: '€' } });
});

const types: [type: string, status: number, invoked: number][] = [
  ['RequestResponse', 200, 1],
  ['Event', 202, 1],
  ['DryRun', 204, 0],
  ['Other', 400, 0],
];
test.each(types)('the invocation type %s is a %i', async (type, status, invoked) => {
  const { response, requests } = await invoke('Orders', { 'x-amz-invocation-type': type });
  expect([response.statusCode, requests.length]).toEqual([status, invoked]);
});

test('Event does not wait', async () => {
  const headers = { 'x-amz-invocation-type': 'Event' };
  expect((await invoke('Orders', headers, '{}', 'never')).response.statusCode).toBe(202);
});

const errors: [what: string, request: () => ReturnType<typeof invoke>, status: number, type: string][] = [
  ['an unknown function', () => invoke('Other'), 404, 'ResourceNotFoundException'],
  ['an unknown version', () => invoke('Orders:7'), 404, 'ResourceNotFoundException'],
  ['a body that is not JSON', () => invoke('Orders', {}, '{'), 400, 'InvalidRequestContentException'],
  [
    'a body that is not UTF-8',
    () => invoke('Orders', {}, Buffer.from('"caf\xe9"', 'latin1')),
    400,
    'InvalidRequestContentException',
  ],
  [
    'a body that begins with a byte order mark',
    () => invoke('Orders', {}, '\ufeff{}'),
    400,
    'InvalidRequestContentException',
  ],
  [
    'a client context that is not UTF-8',
    () => invoke('Orders', { 'x-amz-client-context': Buffer.from('"\xe9"', 'latin1').toString('base64') }),
    400,
    'InvalidRequestContentException',
  ],
  ['a body over 6 MB', () => invoke('Orders', {}, `"${'x'.repeat(6 * 1024 * 1024)}"`), 413, 'RequestTooLargeException'],
  [
    'an event over 1 MB',
    () => invoke('Orders', { 'x-amz-invocation-type': 'Event' }, `"${'x'.repeat(1024 * 1024)}"`),
    413,
    'RequestTooLargeException',
  ],
  ['too many invocations', () => invoke('Orders', {}, '{}', 'throttles'), 429, 'TooManyRequestsException'],
  ['an environment that shuts down', () => invoke('Orders', {}, '{}', 'closed'), 503, 'ServiceException'],
];
test.each(errors)('%s is refused', async (_what, request, status, type) => {
  const { response } = await request();
  expect([response.statusCode, response.headers['x-amzn-errortype']]).toEqual([status, type]);
  expect(response.json()).toMatchObject({ Type: status < 500 ? 'User' : 'Service', Message: expect.any(String) });
});

test.each([
  ['Name', 'Name', undefined],
  ['Name:$LATEST', 'Name', '$LATEST'],
  ['123456789012:function:Name', 'Name', undefined],
  ['arn:aws:lambda:us-east-1:123456789012:function:Name', 'Name', undefined],
  ['arn:aws:lambda:us-east-1:123456789012:function:Name:7', 'Name', '7'],
])('%s names %s, qualifier %s', (text, name, qualifier) => {
  expect(functionNameOf(text)).toEqual(qualifier === undefined ? { name } : { name, qualifier });
});
