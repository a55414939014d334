import fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import type { Exchange } from '../capture/client.ts';
import { InferenceRecord } from '../capture/record.ts';
import { REQUEST_ERRORS } from './errors.ts';
import { createHandler } from './handler.ts';
import { malformedEvents } from './malformed-events.ts';

const records: Exchange[] = [];
const seen = new Set<string>();
const handler = createHandler({
  pipeline: async () => ({
    answer: async () => [{ answer: 'Berlin', score: 0.9, start: 10, end: 16 }],
    prepare: () => [],
    modelDigest: 'abc',
  }),
  capture: {
    send: async (exchange) => {
      records.push(exchange);
      return { eventId: exchange.eventId!, accepted: true };
    },
    close: () => {},
  },
  log: (_, message, fields) => expect.fail(`nothing here is a fault of ours: ${message} ${JSON.stringify(fields)}`),
  now: () => 0,
  traceId: () => undefined,
  deadlineMarginMs: 0,
});

/** An event gets the answer that its door expects, and leaves exactly one record, which names it and which the extension takes. */
async function answersAndCaptures(event: unknown): Promise<void> {
  records.length = 0;
  const response = (await handler(event, { awsRequestId: 'r' })) as object as Record<string, unknown>;
  if (records.length !== 1) expect.fail(`Expected one record, got ${records.length}`);
  const record = v.parse(InferenceRecord, { ...records[0], inferenceTime: '2026-11-23T21:00:00.123Z' });
  const { status, output, errorCode, eventId } = record;
  if ('statusCode' in response) {
    const headers = response['headers'] as Record<string, string>;
    if (response['statusCode'] !== status || response['body'] !== output.data) expect.fail('the record differs');
    if (headers['x-capture-event-id'] !== eventId) expect.fail('the response does not name its record');
  } else if (JSON.stringify(response) !== output.data) expect.fail('the record differs');
  if (errorCode !== undefined) {
    if (!Object.hasOwn(REQUEST_ERRORS, errorCode)) expect.fail(`Expected a known error, got ${errorCode}`);
    if (JSON.parse(output.data).error.code !== errorCode) expect.fail('the response has another error than the record');
    if (status < 400 || status > 499) expect.fail(`Expected a 4xx, got ${status}`);
  } else if (status !== 200) expect.fail(`Expected 200 without an error, got ${status}`);
  seen.add(errorCode ?? 'none');
}

test('100,000 malformed events: every one is answered, with a 4xx or as it deserves, and leaves one record', async () => {
  await fc.assert(
    fc.asyncProperty(malformedEvents, async (events) => {
      for (const event of events) await answersAndCaptures(event);
    }),
    { numRuns: 10_000 },
  );
  // What the events reach: all that a caller can do wrong without a model.
  expect([...seen].sort()).toEqual([
    'EMPTY_FIELD',
    'INVALID_EVENT',
    'INVALID_FIELD',
    'INVALID_JSON',
    'INVALID_PARAMETER',
    'METHOD_NOT_ALLOWED',
    'MISSING_FIELD',
    'TOO_MANY_PAIRS',
    'UNKNOWN_FIELD',
    'UNSUPPORTED_MEDIA_TYPE',
    'none',
  ]);
});
