import type { FastifyInstance } from 'fastify';
import { beforeEach, describe, expect, test } from 'vitest';
import { buildControlServer } from './api-server.ts';
import { Control } from './control.ts';
import { idle, initEnded, invocationEnded, registrationEnded, runtimeLaunched } from './state-machine/lifecycle.ts';

const RUNTIME = '/2018-06-01/runtime';
const EXTENSION = '/2020-01-01/extension';
const EVENT = {
  requestId: 'request-1',
  payload: Buffer.from('{"a":1}'),
  endsAtMs: 1_000_000.7,
  functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f',
  traceId: 'Root=1-2-3',
};

// The wall clock's, and the monotonic one's.
let time: { wallMs: number; monotonicMs: number };
let control: Control;
let app: FastifyInstance;

beforeEach(() => {
  time = { wallMs: 0, monotonicMs: 0 };
  control = new Control(['first'], { wallMs: () => time.wallMs, monotonicMs: () => time.monotonicMs });
  const identity = {
    functionName: 'f',
    functionVersion: '$LATEST',
    handler: 'index.handler',
    accountId: '123456789012',
  };
  app = buildControlServer(control, identity);
});

interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  payload?: string | Buffer;
}

async function call({ method = 'POST', url, headers = {}, payload }: Call) {
  const response = await app.inject({ method, url, headers, ...(payload !== undefined && { payload }) });
  const type = response.headers['content-type'] ?? '';
  return {
    status: response.statusCode,
    headers: response.headers,
    body: type.includes('json') ? response.json() : response.body,
  };
}

const next = () => call({ method: 'GET', url: `${RUNTIME}/invocation/next` });
const answer = (id: string, kind = 'response', more: Partial<Call> = {}) =>
  call({ url: `${RUNTIME}/invocation/${id}/${kind}`, payload: '"done"', ...more });
const register = (name = 'first', events: unknown = ['INVOKE', 'SHUTDOWN'], headers = {}) =>
  call({
    url: `${EXTENSION}/register`,
    headers: { 'lambda-extension-name': name, ...headers },
    payload: JSON.stringify({ events }),
  });
const identify = (id: string) => ({ 'lambda-extension-identifier': id });
const nextEvent = (id: string) => call({ method: 'GET', url: `${EXTENSION}/event/next`, headers: identify(id) });

/** Everything registered, and waiting for the first event; the waiting requests are given back. */
async function ready(events = ['INVOKE', 'SHUTDOWN']) {
  const id = String((await register('first', events)).headers['lambda-extension-identifier']);
  control.change(runtimeLaunched);
  const waiting = { id, runtime: next(), extension: nextEvent(id) };
  expect(await control.until(initEnded, 1000)).toBe('met');
  control.change(idle);
  return waiting;
}

describe('the Runtime API', () => {
  test('answers a ping, and what it does not have', async () => {
    expect(await call({ method: 'GET', url: '/2018-06-01/ping' })).toMatchObject({ status: 200, body: 'pong' });
    expect(await call({ method: 'GET', url: '/2018-06-01/pong' })).toMatchObject({
      status: 404,
      body: '404 page not found',
    });
    const wrongVerb = await call({ method: 'DELETE', url: `${RUNTIME}/init/error` });
    expect([wrongVerb.status, wrongVerb.headers['allow'], wrongVerb.body]).toEqual([405, 'POST', '']);
  });

  test('hands out an event, and the same again while it is worked on', async () => {
    const { runtime } = await ready();
    control.invoke(EVENT);
    for (const response of [await runtime, await next()]) {
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
    const { runtime } = await ready();
    expect(await answer('request-1')).toMatchObject({
      status: 400,
      body: { errorType: 'InvalidRequestID', errorMessage: 'Invalid request ID' },
    });
    control.invoke(EVENT);
    await runtime;
    expect((await answer('request-2')).body.errorType).toBe('InvalidRequestID');
    expect(await answer('request-1')).toMatchObject({ status: 202, body: { status: 'OK' } });
    expect(control.answer).toMatchObject({ kind: 'response', payload: Buffer.from('"done"') });
    for (const [kind, to] of [
      ['response', 'InvocationResponse'],
      ['error', 'InvocationErrorResponse'],
    ] as const) {
      expect(await answer('request-1', kind)).toMatchObject({
        status: 403,
        body: {
          errorType: 'InvalidStateTransition',
          errorMessage: `State transition from RuntimeResponseSentState to ${to} failed for runtime. Error: State transition is not allowed`,
        },
      });
    }
  });

  test('refuses an answer that is too large, and that is the answer', async () => {
    const { runtime } = await ready();
    control.invoke(EVENT);
    await runtime;
    const payload = Buffer.alloc(6_291_557, 'x');
    expect(await answer('request-1', 'response', { payload })).toMatchObject({
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
    const { runtime } = await ready();
    control.invoke(EVENT);
    await runtime;
    const headers = { 'lambda-runtime-function-response-mode': mode };
    expect((await answer('request-1', 'response', { headers })).status).toBe(status);
  });

  test.each([
    ['Runtime.NoSuchHandler', 'Runtime.NoSuchHandler'],
    ['Function.lower', 'Function.Unknown'],
    ['Error', 'Runtime.Unknown'],
    [undefined, 'Runtime.Unknown'],
  ])('takes an error of the init once; its type %s becomes %s', async (sent, expected) => {
    await register();
    control.change(runtimeLaunched);
    const fail = () =>
      call({
        url: `${RUNTIME}/init/error`,
        payload: '{}',
        headers: sent ? { 'lambda-runtime-function-error-type': sent } : {},
      });
    expect((await fail()).status).toBe(202);
    expect(control.life.fault).toMatchObject({ errorType: expected, payload: Buffer.from('{}') });
    expect(await fail()).toMatchObject({ status: 403, body: { errorType: 'InvalidStateTransition' } });
    expect((await next()).status).toBe(403);
  });
});

describe('the Extensions API', () => {
  test('registers an extension, and tells it of the function', async () => {
    const { status, headers, body } = await register('first', ['INVOKE'], {
      'lambda-extension-accept-feature': 'accountId',
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      functionName: 'f',
      functionVersion: '$LATEST',
      handler: 'index.handler',
      accountId: '123456789012',
    });
    expect(headers['lambda-extension-identifier']).toMatch(/^[0-9a-f-]{36}$/);
    expect(await control.until(registrationEnded, 1000)).toBe('met');
    expect((await register('internal', ['INVOKE'])).body).not.toHaveProperty('accountId');
  });

  const refusals: [what: string, request: () => ReturnType<typeof call>, type: string, message?: string][] = [
    [
      'no name',
      () => call({ url: `${EXTENSION}/register`, payload: '{}' }),
      'Extension.InvalidExtensionName',
      'Empty extension name',
    ],
    ['no list of events', () => register('first', 'INVOKE'), 'InvalidRequestFormat'],
    [
      'a body that is not JSON',
      () => call({ url: `${EXTENSION}/register`, headers: { 'lambda-extension-name': 'first' }, payload: '{' }),
      'InvalidRequestFormat',
    ],
    [
      'configuration keys',
      () =>
        call({
          url: `${EXTENSION}/register`,
          headers: { 'lambda-extension-name': 'first' },
          payload: '{"events":[],"configurationKeys":[]}',
        }),
      'InvalidRequestFormat',
    ],
    ['an unknown event', () => register('first', ['FOO']), 'Extension.InvalidEventType', 'FOO: ErrorInvalidEventType'],
    [
      'SHUTDOWN for an internal one',
      () => register('other', ['SHUTDOWN']),
      'Extension.InvalidEventType',
      'SHUTDOWN: ShutdownEventNotSupportedForInternalExtension',
    ],
    [
      'a second time',
      () => register().then(() => register()),
      'Extension.InvalidExtensionState',
      'State transition from Registered to Registered failed for extension first. Error: State transition is not allowed',
    ],
    [
      'an internal one a second time',
      () => register('other', []).then(() => register('other', [])),
      'Extension.InvalidExtensionState',
      'Extension with this name already registered',
    ],
    ['after init', () => ready().then(() => register('late', [])), 'Extension.RegistrationClosed'],
    [
      'an eleventh',
      async () => {
        for (let i = 0; i < 9; i++) await register(`other-${i}`, []);
        return register('other-9', []);
      },
      'Extension.TooManyExtensions',
      'Extension limit (10) reached',
    ],
    [
      '/next without an identifier',
      () => call({ method: 'GET', url: `${EXTENSION}/event/next` }),
      'Extension.MissingExtensionIdentifier',
    ],
    ['/next with an identifier that is none', () => nextEvent('first'), 'Extension.InvalidExtensionIdentifier'],
    [
      '/next with the identifier of nobody',
      () => nextEvent('00000000-0000-4000-8000-000000000000'),
      'Extension.UnknownExtensionIdentifier',
    ],
    [
      '/next while it is pending',
      async () => nextEvent((await ready()).id),
      'Extension.InvalidExtensionState',
      'Concurrent state modification',
    ],
    [
      'an exit error while /next is pending',
      async () => {
        const { id } = await ready();
        return call({
          url: `${EXTENSION}/exit/error`,
          headers: { ...identify(id), 'lambda-extension-function-error-type': 'Extension.X' },
        });
      },
      'Extension.InvalidExtensionState',
      'Concurrent state modification',
    ],
    [
      'an exit error without its type',
      async () =>
        call({
          url: `${EXTENSION}/exit/error`,
          headers: identify(String((await register()).headers['lambda-extension-identifier'])),
        }),
      'Extension.MissingHeader',
      'Lambda-Extension-Function-Error-Type not found',
    ],
  ];
  test.each(refusals)('refuses %s', async (_what, request, errorType, message = '') => {
    const { status, body } = await request();
    expect({ status, type: body.errorType }).toEqual({ status: 403, type: errorType });
    expect(body.errorMessage).toContain(message);
  });

  test('hands out INVOKE to its subscribers, and the invocation ends when they ask for the next event', async () => {
    const { id, runtime, extension } = await ready();
    control.invoke(EVENT);
    const { headers, body } = await extension;
    expect(body).toEqual({
      eventType: 'INVOKE',
      deadlineMs: 1_000_000,
      requestId: 'request-1',
      invokedFunctionArn: EVENT.functionArn,
      tracing: { type: 'X-Amzn-Trace-Id', value: 'Root=1-2-3' },
    });
    expect(headers).toHaveProperty('lambda-extension-event-identifier');
    await runtime;
    await answer('request-1');
    next();
    const ended = control.until(invocationEnded, 10_000);
    expect(control.life.extensions[0]?.state).toBe('Running');
    nextEvent(id);
    expect(await ended).toBe('met');
  });

  test('hands SHUTDOWN to a busy extension when it asks, and only once', async () => {
    const { id, extension } = await ready();
    control.invoke(EVENT);
    await extension;
    control.shutdown('timeout', 2000.5);
    const { headers, body } = await nextEvent(id);
    expect(body).toEqual({ eventType: 'SHUTDOWN', deadlineMs: 2000, shutdownReason: 'timeout' });
    expect(headers).not.toHaveProperty('lambda-extension-event-identifier');
    const again = await Promise.race([
      nextEvent(id),
      new Promise((resolve) => setImmediate(() => setImmediate(resolve, 'waits'))),
    ]);
    expect(again).toBe('waits');
  });

  test.each(['init', 'exit'])('takes an %s error, which ends the environment, and its repetition', async (kind) => {
    const id = String((await register()).headers['lambda-extension-identifier']);
    const fail = () =>
      call({
        url: `${EXTENSION}/${kind}/error`,
        headers: { ...identify(id), 'lambda-extension-function-error-type': 'Extension.Mine' },
      });
    expect([(await fail()).status, (await fail()).status]).toEqual([202, 202]);
    expect(control.life.fault).toMatchObject({ errorType: 'Extension.Mine' });
  });

  test('says that there is no telemetry', async () => {
    const response = await call({ method: 'PUT', url: '/2022-07-01/telemetry', payload: '{}' });
    expect(response).toMatchObject({ status: 202, body: { errorType: 'Telemetry.NotSupported' } });
  });
});

const HOUR_MS = 3_600_000;
describe.each([
  ['keeps its time', 0],
  ['was set an hour forwards', HOUR_MS],
  ['was set an hour back', -HOUR_MS],
])('where the wall clock %s since the start, a deadline is what is left of the time, from now on', (_what, stepMs) => {
  const START = Date.UTC(2026, 10, 25);
  beforeEach(() => {
    time = { wallMs: START, monotonicMs: 500 };
  });
  const pass = (ms: number, step = 0) => {
    time = { wallMs: time.wallMs + ms + step, monotonicMs: time.monotonicMs + ms };
  };
  const deadlines = async ({ runtime, extension }: Awaited<ReturnType<typeof ready>>) => [
    Number((await runtime).headers['lambda-runtime-deadline-ms']),
    (await extension).body.deadlineMs,
  ];

  test('of an invocation that comes afterwards', async () => {
    const waiting = await ready();
    pass(100, stepMs);
    control.invoke({ ...EVENT, endsAtMs: time.monotonicMs + 3000 });
    const deadlineMs = time.wallMs + 3000;
    expect(await deadlines(waiting)).toEqual([deadlineMs, deadlineMs]);
  });

  test('of a shutdown, of which a busy extension hears late', async () => {
    const { id, extension } = await ready();
    control.invoke(EVENT);
    await extension;
    control.shutdown('spindown', time.monotonicMs + 2000);
    pass(700, stepMs);
    expect((await nextEvent(id)).body).toMatchObject({ eventType: 'SHUTDOWN', deadlineMs: time.wallMs + 1300 });
  });
});
