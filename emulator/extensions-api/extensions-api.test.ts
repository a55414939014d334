import { beforeEach, describe, expect, test } from 'vitest';
import { invocationEnded, registrationEnded } from '../environment/state-machine/lifecycle.ts';
import { apiClient, EVENT } from '../fixtures/api-client.ts';

let { control, runtime, extension, ready } = apiClient();
beforeEach(() => {
  ({ control, runtime, extension, ready } = apiClient());
});

test('registers an extension, and tells it of the function', async () => {
  const { status, headers, body } = await extension.register('first', ['INVOKE'], {
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
  expect((await extension.register('internal', ['INVOKE'])).body).not.toHaveProperty('accountId');
});

describe('refuses', () => {
  const named = { 'lambda-extension-name': 'first' };
  const refusals: [what: string, request: () => ReturnType<typeof extension.register>, type: string, says?: string][] =
    [
      ['no name', () => extension.registerWith('{}', {}), 'Extension.InvalidExtensionName', 'Empty extension name'],
      ['no list of events', () => extension.register('first', 'INVOKE'), 'InvalidRequestFormat'],
      ['a body that is not JSON', () => extension.registerWith('{', named), 'InvalidRequestFormat'],
      [
        'configuration keys',
        () => extension.registerWith('{"events":[],"configurationKeys":[]}', named),
        'InvalidRequestFormat',
      ],
      [
        'an unknown event',
        () => extension.register('first', ['FOO']),
        'Extension.InvalidEventType',
        'FOO: ErrorInvalidEventType',
      ],
      [
        'SHUTDOWN for an internal one',
        () => extension.register('other', ['SHUTDOWN']),
        'Extension.InvalidEventType',
        'SHUTDOWN: ShutdownEventNotSupportedForInternalExtension',
      ],
      [
        'a second time',
        () => extension.register().then(() => extension.register()),
        'Extension.InvalidExtensionState',
        'State transition from Registered to Registered failed for extension first. Error: State transition is not allowed',
      ],
      [
        'an internal one a second time',
        () => extension.register('other', []).then(() => extension.register('other', [])),
        'Extension.InvalidExtensionState',
        'Extension with this name already registered',
      ],
      ['after init', () => ready().then(() => extension.register('late', [])), 'Extension.RegistrationClosed'],
      [
        'an eleventh',
        async () => {
          for (let i = 0; i < 9; i++) await extension.register(`other-${i}`, []);
          return extension.register('other-9', []);
        },
        'Extension.TooManyExtensions',
        'Extension limit (10) reached',
      ],
      ['/next without an identifier', () => extension.next(), 'Extension.MissingExtensionIdentifier'],
      ['/next with a malformed identifier', () => extension.next('first'), 'Extension.InvalidExtensionIdentifier'],
      [
        '/next with an unknown identifier',
        () => extension.next('00000000-0000-4000-8000-000000000000'),
        'Extension.UnknownExtensionIdentifier',
      ],
      [
        '/next while it is pending',
        async () => extension.next((await ready()).id),
        'Extension.InvalidExtensionState',
        'Concurrent state modification',
      ],
      [
        'an exit error while /next is pending',
        async () => extension.error('exit', (await ready()).id, 'Extension.X'),
        'Extension.InvalidExtensionState',
        'Concurrent state modification',
      ],
      [
        'an exit error without its type',
        async () => extension.error('exit', await extension.registered()),
        'Extension.MissingHeader',
        'Lambda-Extension-Function-Error-Type not found',
      ],
    ];
  test.each(refusals)('%s', async (_what, request, errorType, message = '') => {
    const { status, body } = await request();
    expect({ status, type: body.errorType }).toEqual({ status: 403, type: errorType });
    expect(body.errorMessage).toContain(message);
  });
});

test('hands out INVOKE to its subscribers, and the invocation ends when they ask for the next event', async () => {
  const waiting = await ready();
  control.invoke(EVENT);
  const { headers, body } = await waiting.extension;
  expect(body).toEqual({
    eventType: 'INVOKE',
    deadlineMs: 1_000_000,
    requestId: 'request-1',
    invokedFunctionArn: EVENT.functionArn,
    tracing: { type: 'X-Amzn-Trace-Id', value: 'Root=1-2-3' },
  });
  expect(headers).toHaveProperty('lambda-extension-event-identifier');
  await waiting.runtime;
  await runtime.answer('request-1');
  runtime.next();
  const ended = control.until(invocationEnded, 10_000);
  expect(control.life.extensions[0]?.state).toBe('Running');
  extension.next(waiting.id);
  expect(await ended).toBe('met');
});

test('hands SHUTDOWN to a busy extension when it asks, and only once', async () => {
  const waiting = await ready();
  control.invoke(EVENT);
  await waiting.extension;
  control.shutdown('timeout', 2000.5);
  const { headers, body } = await extension.next(waiting.id);
  expect(body).toEqual({ eventType: 'SHUTDOWN', deadlineMs: 2000, shutdownReason: 'timeout' });
  expect(headers).not.toHaveProperty('lambda-extension-event-identifier');
  const again = await Promise.race([
    extension.next(waiting.id),
    new Promise((resolve) => setImmediate(() => setImmediate(resolve, 'waits'))),
  ]);
  expect(again).toBe('waits');
});

test.each(['init', 'exit'])('takes an %s error, which ends the environment, and its repetition', async (kind) => {
  const id = await extension.registered();
  const fail = () => extension.error(kind, id, 'Extension.Mine');
  expect([(await fail()).status, (await fail()).status]).toEqual([202, 202]);
  expect(control.life.fault).toMatchObject({ errorType: 'Extension.Mine' });
});
