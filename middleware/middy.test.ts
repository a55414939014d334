import middy from '@middy/core';
import { expect, test } from 'vitest';
import { CONTEXT, recording } from './fixtures/recording.ts';
import { middlewareOf } from './middy.ts';

type Event = { requestContext: object; body: unknown };
const EVENT = (): Event => ({ requestContext: {}, body: '{"text":"I am happy"}' });
const parseBody = {
  before: (request: { event: Event }) => {
    request.event.body = JSON.parse(request.event.body as string);
  },
};
const answerErrors = {
  onError: (request: { error: Error | null; response?: unknown }) => {
    request.response = { statusCode: 422, body: request.error!.message };
  },
};
// biome-ignore lint/suspicious/noExplicitAny: Middy's own context has more than a test needs
const invoke = (handler: any) => handler(EVENT(), CONTEXT);

test('used first, it sees the event as it came and the response as it goes out', async () => {
  const { recorder, records } = recording<Event>();
  const wrapBody = {
    after: (request: { response?: unknown }) => {
      request.response = { statusCode: 200, body: JSON.stringify(request.response) };
    },
  };
  const handler = middy(async (event: Event) => ({ label: typeof event.body }))
    .use(middlewareOf(recorder))
    .use(parseBody)
    .use(wrapBody);
  expect(await invoke(handler)).toEqual({ statusCode: 200, body: '{"label":"object"}' });
  expect(records).toMatchObject([
    { input: { encoding: 'JSON', data: EVENT().body }, output: { data: '{"label":"object"}' }, status: 200 },
  ]);
});

test('an error that nobody answers is a record with status 500, and is thrown on', async () => {
  const { recorder, records } = recording<Event>();
  const error = new RangeError('too long');
  const handler = middy(() => Promise.reject(error)).use(middlewareOf(recorder));
  await expect(invoke(handler)).rejects.toBe(error);
  expect(records).toMatchObject([{ status: 500, errorCode: 'RangeError' }]);
});

test('an error that another middleware answers has the status and the body of that answer', async () => {
  const { recorder, records } = recording<Event>();
  const handler = middy(() => Promise.reject(new RangeError('too long')))
    .use(middlewareOf(recorder))
    .use(answerErrors);
  expect(await invoke(handler)).toEqual({ statusCode: 422, body: 'too long' });
  expect(records).toMatchObject([{ status: 422, errorCode: 'RangeError', output: { data: 'too long' } }]);
});

test('a request that fails before it came here is captured as well', async () => {
  const { recorder, records } = recording<Event>();
  const refuse = {
    before: () => {
      throw new TypeError();
    },
  };
  await expect(
    invoke(
      middy(async () => 1)
        .use(refuse)
        .use(middlewareOf(recorder)),
    ),
  ).rejects.toThrow(TypeError);
  expect(records).toMatchObject([{ status: 500, errorCode: 'TypeError' }]);
});

test('an error after the record was sent makes no second one', async () => {
  const { recorder, records } = recording<Event>();
  const fails = {
    after: () => {
      throw new TypeError();
    },
  };
  await expect(
    invoke(
      middy(async () => 1)
        .use(fails)
        .use(middlewareOf(recorder)),
    ),
  ).rejects.toThrow(TypeError);
  expect(records).toMatchObject([{ status: 200 }]);
});

test('without capture, its hooks do nothing', async () => {
  expect(await invoke(middy(async () => 'answer').use(middlewareOf<Event, string, object>(undefined)))).toBe('answer');
});
