import { beforeEach, expect, test } from 'vitest';
import { runtimeLaunched } from '../environment/state-machine/lifecycle.ts';
import { apiClient, EVENT } from '../fixtures/api-client.ts';

let { control, call, runtime, extension, ready } = apiClient();
beforeEach(() => {
  ({ control, call, runtime, extension, ready } = apiClient());
});

/** Lets the runtime work on the event. */
async function invoked() {
  const waiting = await ready();
  control.invoke(EVENT);
  await waiting.runtime;
}

test('answers a ping', async () => {
  expect(await call({ method: 'GET', url: '/2018-06-01/ping' })).toMatchObject({ status: 200, body: 'pong' });
});

test('hands out an event, and the same again while it is worked on', async () => {
  const waiting = await ready();
  control.invoke(EVENT);
  for (const response of [await waiting.runtime, await runtime.next()]) {
    expect(response).toMatchObject({ status: 200, body: { a: 1 } });
    expect(response.headers).toMatchObject({
      'lambda-runtime-aws-request-id': 'request-1',
      'lambda-runtime-deadline-ms': '1000000',
      'lambda-runtime-invoked-function-arn': EVENT.functionArn,
      'lambda-runtime-trace-id': 'Root=1-2-3',
      'content-type': 'application/json',
    });
    expect(response.headers).not.toHaveProperty('lambda-runtime-client-context');
  }
});

test('takes one answer for an event', async () => {
  const waiting = await ready();
  expect(await runtime.answer('request-1')).toMatchObject({
    status: 400,
    body: { errorType: 'InvalidRequestID', errorMessage: 'Invalid request ID' },
  });
  control.invoke(EVENT);
  await waiting.runtime;
  expect((await runtime.answer('request-2')).body.errorType).toBe('InvalidRequestID');
  expect(await runtime.answer('request-1')).toMatchObject({ status: 202, body: { status: 'OK' } });
  expect(control.answer).toMatchObject({ kind: 'response', payload: Buffer.from('"done"') });
  for (const [kind, to] of [
    ['response', 'InvocationResponse'],
    ['error', 'InvocationErrorResponse'],
  ] as const) {
    expect(await runtime.answer('request-1', kind)).toMatchObject({
      status: 403,
      body: {
        errorType: 'InvalidStateTransition',
        errorMessage: `State transition from RuntimeResponseSentState to ${to} failed for runtime. Error: State transition is not allowed`,
      },
    });
  }
});

test.each([
  ['text/csv; charset=latin1', 'text/csv; charset=latin1'],
  ['nonsense', 'nonsense'],
  ['a/b/c', 'a/b/c'],
  [';', ';'],
  ['application/json, text/plain', 'application/json, text/plain'],
  ['', 'application/json'],
  [undefined, 'application/json'],
])('takes an answer whose content type is %j', async (sent, expected) => {
  await invoked();
  const headers: Record<string, string> = sent === undefined ? {} : { 'content-type': sent };
  expect((await runtime.answer('request-1', 'response', { headers, payload: Buffer.from('a,b') })).status).toBe(202);
  expect(control.answer).toMatchObject({ payload: Buffer.from('a,b'), contentType: expected });
});

test('refuses an answer that is too large, and the caller hears of it', async () => {
  await invoked();
  const payload = Buffer.alloc(6_291_557, 'x');
  expect(await runtime.answer('request-1', 'response', { payload })).toMatchObject({
    status: 413,
    body: {
      errorType: 'RequestEntityTooLarge',
      errorMessage: 'Exceeded maximum allowed payload size (6291556 bytes).',
    },
  });
  expect(control.answer).toMatchObject({ kind: 'error', tooLarge: 6_291_557 });
});

test.each([
  ['buffered', 400],
  ['streaming', 202],
])('with the response mode %s is a %i', async (mode, status) => {
  await invoked();
  const headers = { 'lambda-runtime-function-response-mode': mode };
  expect((await runtime.answer('request-1', 'response', { headers })).status).toBe(status);
});

test.each([
  ['Runtime.NoSuchHandler', 'Runtime.NoSuchHandler'],
  ['Function.lower', 'Function.Unknown'],
  ['Error', 'Runtime.Unknown'],
  [undefined, 'Runtime.Unknown'],
])('takes an error of the init once; its type %s becomes %s', async (sent, expected) => {
  await extension.register();
  control.change(runtimeLaunched);
  const fail = () => runtime.initError(sent ? { 'lambda-runtime-function-error-type': sent } : {});
  expect((await fail()).status).toBe(202);
  expect(control.life.fault).toMatchObject({ errorType: expected, payload: Buffer.from('{}') });
  expect(await fail()).toMatchObject({ status: 403, body: { errorType: 'InvalidStateTransition' } });
  expect((await runtime.next()).status).toBe(403);
});
