import { beforeEach, describe, expect, test } from 'vitest';
import { apiClient, type Call, EVENT } from '../fixtures/api-client.ts';

const methods: [url: string, allow: string, others: readonly Call['method'][]][] = [
  ['/2018-06-01/ping', 'GET', ['POST', 'HEAD']],
  ['/2018-06-01/runtime/invocation/next', 'GET', ['POST', 'DELETE']],
  ['/2018-06-01/runtime/invocation/request-1/response', 'POST', ['GET', 'PUT']],
  ['/2018-06-01/runtime/invocation/request-1/error', 'POST', ['GET']],
  ['/2018-06-01/runtime/init/error', 'POST', ['DELETE']],
  ['/2020-01-01/extension/register', 'POST', ['GET']],
  ['/2020-01-01/extension/event/next', 'GET', ['POST']],
  ['/2020-01-01/extension/init/error', 'POST', ['PUT']],
  ['/2020-01-01/extension/exit/error', 'POST', ['GET']],
  ['/2022-07-01/telemetry?a=1', 'PUT', ['GET', 'POST']],
];
test.each(methods)('%s has the method %s only', async (url, allow, others) => {
  for (const method of others) {
    const { status, headers, body } = await apiClient().call({ method: method!, url });
    expect([status, headers['allow'], body]).toEqual([405, allow, '']);
  }
});

test.each(['/', '/2018-06-01/pong', '/2018-06-01/runtime/invocation/a/b/response', '/2020-01-01/extension'])(
  '%s is not there',
  async (url) => {
    expect(await apiClient().call({ method: 'GET', url })).toMatchObject({ status: 404, body: '404 page not found' });
  },
);

test('without telemetry, the Telemetry API says so', async () => {
  const response = await apiClient().call({ method: 'PUT', url: '/2022-07-01/telemetry', payload: '{}' });
  expect(response).toMatchObject({ status: 202, body: { errorType: 'Telemetry.NotSupported' } });
});

const HOUR_MS = 3_600_000;
describe.each([
  ['keeps its time', 0],
  ['was set an hour forwards', HOUR_MS],
  ['was set an hour back', -HOUR_MS],
])('where the wall clock %s since the start, a deadline is what is left of the time, from now on', (_what, stepMs) => {
  const time = { wallMs: 0, monotonicMs: 0 };
  let { control, extension, ready } = apiClient(time);
  beforeEach(() => {
    Object.assign(time, { wallMs: Date.UTC(2026, 10, 25), monotonicMs: 500 });
    ({ control, extension, ready } = apiClient(time));
  });
  const pass = (ms: number, step = 0) => {
    time.wallMs += ms + step;
    time.monotonicMs += ms;
  };
  const deadlines = async (waiting: Awaited<ReturnType<typeof ready>>) => [
    Number((await waiting.runtime).headers['lambda-runtime-deadline-ms']),
    (await waiting.extension).body.deadlineMs,
  ];

  test('of an invocation that comes afterwards', async () => {
    const waiting = await ready();
    pass(100, stepMs);
    control.invoke({ ...EVENT, endsAtMs: time.monotonicMs + 3000 });
    const deadlineMs = time.wallMs + 3000;
    expect(await deadlines(waiting)).toEqual([deadlineMs, deadlineMs]);
  });

  test('of a shutdown that a busy extension hears of late', async () => {
    const waiting = await ready();
    control.invoke(EVENT);
    await waiting.extension;
    control.shutdown('spindown', time.monotonicMs + 2000);
    pass(700, stepMs);
    expect((await extension.next(waiting.id)).body).toMatchObject({
      eventType: 'SHUTDOWN',
      deadlineMs: time.wallMs + 1300,
    });
  });
});
