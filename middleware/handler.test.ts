import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { client, receiver } from '../capture/fixtures/receiver.ts';
import { CONTEXT, recording } from './fixtures/recording.ts';
import { withCapture } from './handler.ts';
import { answerOfResult } from './http.ts';
import type { CaptureOptions, InvocationContext } from './options.ts';
import { createRecorder } from './recorder.ts';

const ANSWER = { answer: 'Berlin' };

test('a record tells the policy who asked, and of the headers those that are named', async () => {
  const { recorder, records } = recording<object>({}, undefined, ['x-tenant', 'x-absent']);
  const event = {
    httpMethod: 'POST',
    requestContext: { identity: { apiKeyId: 'key-1' } },
    headers: { 'X-Tenant': 'blue', Authorization: 'secret' },
    body: '{}',
  };
  await withCapture(async () => ({}), recorder)(event, CONTEXT);
  expect(records[0]).toMatchObject({ source: 'api-gateway-rest', caller: 'key-1', headers: { 'x-tenant': 'blue' } });
  expect(JSON.stringify(records)).not.toContain('secret');
});

test('without options, the request and the answer are a record', async () => {
  const { recorder, records, within } = recording<object>();
  const handler = withCapture(async () => ({ statusCode: 201, body: JSON.stringify(ANSWER) }), recorder);
  const event = { requestContext: {}, headers: { 'Content-Type': 'text/plain' }, body: 'Where do I live?' };
  await handler(event, CONTEXT);
  expect(records).toEqual([
    {
      requestId: 'request-1',
      input: { contentType: 'text/plain', encoding: 'CSV', data: 'Where do I live?' },
      output: { contentType: 'application/json', encoding: 'JSON', data: JSON.stringify(ANSWER) },
      status: 201,
      latencyMs: expect.any(Number),
      coldStart: true,
      traceId: 'Root=1-5',
      source: 'direct',
    },
  ]);
  expect(within[0]).toBeLessThan(10_000); // what the function has left, less the time for its response
});

test('the options say what input and output are; the input is read before the handler changes the event', async () => {
  const { recorder, records } = recording<{ text: string; id: string }, { label: string }>({
    input: (event) => event.text,
    output: (result) => ({ contentType: 'text/csv', data: `label,${result.label}` }),
    inferenceId: (event) => event.id,
  });
  const handler = withCapture(async (event) => {
    event.text = event.id = 'changed';
    return { label: 'joy' };
  }, recorder);
  await handler({ text: 'I am happy', id: 'case-7' }, CONTEXT);
  expect(records[0]).toMatchObject({
    input: { encoding: 'CSV', data: 'I am happy' },
    output: { contentType: 'text/csv', data: 'label,joy' },
    inferenceId: 'case-7',
  });
});

test('only the first invocation is a cold start', async () => {
  const { recorder, records } = recording();
  const handler = withCapture(async () => 1, recorder);
  await handler({}, CONTEXT);
  await handler({}, CONTEXT);
  expect(records.map(({ coldStart }) => coldStart)).toEqual([true, false]);
});

test('an error is a record with status 500, and is thrown on', async () => {
  class ModelMissing extends Error {
    override name = 'ModelMissing';
  }
  const { recorder, records } = recording({ output: () => 'not asked, as there is no result' });
  const error = new ModelMissing('no model');
  await expect(withCapture(() => Promise.reject(error), recorder)({}, CONTEXT)).rejects.toBe(error);
  expect(records[0]).toMatchObject({ status: 500, errorCode: 'ModelMissing' });
  expect(JSON.parse(records[0]!.output.data)).toEqual({ errorType: 'ModelMissing', errorMessage: 'no model' });
});

test('a handler that throws before it gives a promise rejects', async () => {
  const { recorder, records } = recording();
  const handler = withCapture((): Promise<never> => {
    throw 'text';
  }, recorder);
  await expect(handler({}, CONTEXT)).rejects.toBe('text');
  expect(records[0]).toMatchObject({ status: 500, errorCode: 'string' });
});

type Queue = { Records: { messageId: string; body: string }[] };
const QUEUE: Queue = { Records: ['a', 'b', 'c'].map((id) => ({ messageId: id, body: `{"text":"${id}"}` })) };
const OF_A_QUEUE: CaptureOptions<Queue, { batchItemFailures: { itemIdentifier: string }[] }> = {
  records: (event, result) =>
    event.Records.map(({ messageId, body }) => ({
      input: body,
      inferenceId: messageId,
      ...(result?.batchItemFailures.some(({ itemIdentifier }) => itemIdentifier === messageId) && {
        status: 500,
        errorCode: 'FAILED',
        output: null,
      }),
    })),
};

test('a batch has a record for each message', async () => {
  const { recorder, records } = recording(OF_A_QUEUE);
  await withCapture(async () => ({ batchItemFailures: [{ itemIdentifier: 'b' }] }), recorder)(QUEUE, CONTEXT);
  expect(
    records.map(({ inferenceId, input, status, errorCode }) => [inferenceId, input.data, status, errorCode]),
  ).toEqual([
    ['a', '{"text":"a"}', 200, undefined],
    ['b', '{"text":"b"}', 500, 'FAILED'],
    ['c', '{"text":"c"}', 200, undefined],
  ]);
});

test('a batch that fails as a whole has one as well', async () => {
  const { recorder, records } = recording(OF_A_QUEUE);
  await expect(withCapture(() => Promise.reject(new TypeError()), recorder)(QUEUE, CONTEXT)).rejects.toThrow(TypeError);
  expect(records.map(({ status, errorCode }) => [status, errorCode])).toEqual(Array(3).fill([500, 'TypeError']));
});

const SECRET = 'a secret of the caller';
const throws = () => {
  throw new Error(SECRET);
};
test.each<[string, CaptureOptions<unknown, unknown>, lost: number]>([
  ['input', { input: throws }, 1],
  ['output', { output: throws }, 1],
  ['output without JSON', { output: () => 1n }, 1],
  ['inferenceId', { inferenceId: throws }, 0],
  ['records', { records: throws }, 1],
  ['one of the records', { records: () => [{ input: 1 }, { input: 1n }, { input: 3 }] }, 1],
  // biome-ignore lint/suspicious/noExplicitAny: as a function in JavaScript may do
  ['records that are none', { records: () => [null] as any }, 1],
])(
  '%s that fails does not fail the function; the loss is counted, and the log has no content',
  async (_, options, lost) => {
    const { recorder, log, invalid } = recording(options);
    expect(await withCapture(async () => 'answer', recorder)({}, CONTEXT)).toBe('answer');
    expect(invalid()).toBe(lost);
    expect(log).toHaveBeenCalledWith('ERROR', 'a record cannot be made', {
      cause: expect.stringMatching(/Error$/),
      at: expect.any(String),
    });
    expect(JSON.stringify(log.mock.calls)).not.toContain(SECRET);
  },
);

test.each(['', 'x'.repeat(257), 7])(
  'an inferenceId that is none is left out, and its record is kept: %j',
  async (id) => {
    const { recorder, records, log } = recording({ inferenceId: () => id as string });
    await withCapture(async () => 1, recorder)({}, CONTEXT);
    expect(records[0]).not.toHaveProperty('inferenceId');
    expect(log).toHaveBeenCalledWith('WARN', 'a record has no inferenceId', expect.anything());
  },
);

test('whatever an event, a context, a result or an error is, the handler ends as it would without capture', async () => {
  const anything = fc.anything({ withBigInt: true, withNullPrototype: true, withDate: true });
  await fc.assert(
    fc.asyncProperty(anything, anything, anything, fc.boolean(), async (event, context, outcome, fails) => {
      const { recorder, records, invalid } = recording<unknown, unknown, InvocationContext>();
      const bare = async () => {
        if (fails) throw outcome;
        return outcome;
      };
      const run = withCapture(bare, recorder)(event, context as InvocationContext);
      const [settled] = await Promise.allSettled([run]);
      const [value] = [settled.status === 'rejected' ? settled.reason : settled.value];
      expect([settled.status, Object.is(value, outcome)]).toEqual([fails ? 'rejected' : 'fulfilled', true]);
      expect(records.length + invalid()).toBe(1);
    }),
  );
});

test('an error that cannot even be looked at is thrown on', async () => {
  const hostile = new Proxy(new Error(), { get: throws, getPrototypeOf: throws });
  const { recorder, records } = recording();
  const [settled] = await Promise.allSettled([withCapture(() => Promise.reject(hostile), recorder)({}, CONTEXT)]);
  expect(Object.is((settled as PromiseRejectedResult).reason, hostile)).toBe(true);
  expect(records[0]).toMatchObject({ status: 500, errorCode: 'Error' });
});

test('an extension that never answers costs no more than the time-out of the client, also for many records', async () => {
  const silent = await receiver(() => {});
  const log = vi.fn();
  const parts = { client: client({ port: silent.port, timeoutMs: 60 }), log, now: () => performance.now() };
  const options = { records: () => Array.from({ length: 50 }, (_, input) => ({ input })) };
  const recorder = createRecorder({ ...parts, traceId: () => undefined }, options, answerOfResult);
  const startedMs = performance.now();
  expect(await withCapture(async () => 'answer', recorder)({}, {})).toBe('answer');
  expect(performance.now() - startedMs).toBeLessThan(1000); // 50 times 60 ms are 3 s
  expect(log).toHaveBeenCalledTimes(50);
});
