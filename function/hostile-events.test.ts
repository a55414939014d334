import fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import type { Exchange } from '../capture/client.ts';
import { InferenceRecord } from '../capture/record.ts';
import { mayBeRetried, REQUEST_ERRORS, type RequestErrorCode } from './errors.ts';
import { PONG } from './event-sources/ping.ts';
import { FunctionError } from './event-sources/response.ts';
import { answering } from './fixtures/handler.ts';
import { malformedEvents } from './fixtures/malformed-events.ts';
import { createHandler } from './handler.ts';
import { DeadlineExceededError } from './model/deadline.ts';

const records: Exchange[] = [];
const seen = new Set<string>();
let asked = 0;
const handler = createHandler({
  headers: ['x-tenant'],
  // A model that breaks now and then, and is late as often.
  model: answering(async () => {
    asked++;
    if (asked % 7 === 3) throw new DeadlineExceededError('too late');
    if (asked % 7 === 5) throw new Error('ort\n    at a line of a stack');
    return [{ answer: 'Berlin', score: 0.9, start: 10, end: 16 }];
  }),
  capture: {
    send: async (exchange) => {
      records.push(exchange);
      return { eventId: exchange.eventId!, accepted: true };
    },
    close: () => {},
  },
  log: (_, message) => expect(message).toBe('a request failed'),
  now: () => 0,
  traceId: () => undefined,
  deadlineMarginMs: 0,
});

/** A record is one that the extension takes, and true: JSON is JSON, text can be stored, an error is the one that the answer has. */
function checked(exchange: Exchange): InferenceRecord {
  const record = v.parse(InferenceRecord, { ...exchange, inferenceTime: '2026-11-23T21:00:00.123Z' });
  const { status, input, output, errorCode, inferenceId = '' } = record;
  if (![input.data, input.contentType, output.data, inferenceId].every((text) => text.isWellFormed())) {
    expect.fail('the record cannot be stored as UTF-8');
  }
  if (input.encoding === 'JSON') JSON.parse(input.data);
  if (errorCode === undefined) {
    if (status !== 200) expect.fail(`Expected 200 without an error, got ${status}`);
  } else {
    if (!output.data.includes(`{"error":{"code":"${errorCode}"`)) expect.fail('the answer has another error');
    if (status !== 200 && status !== REQUEST_ERRORS[errorCode as RequestErrorCode]?.status)
      expect.fail('another status');
  }
  seen.add(errorCode ?? 'none');
  return record;
}

/** An answer is that of the record, in the form of its source, and names the record. */
function expectAnswer(response: Record<string, unknown>, { status, output, eventId }: InferenceRecord): void {
  if (!('statusCode' in response)) {
    if (JSON.stringify(response) !== output.data) expect.fail('the record differs');
    return;
  }
  if (response['statusCode'] !== status || response['body'] !== output.data) expect.fail('the record differs');
  const headers = (response['headers'] ?? response['multiValueHeaders']) as Record<string, string | string[]>;
  if (String(headers['x-capture-event-id']) !== eventId) expect.fail('the response does not name its record');
}

const failed = ({ errorCode }: InferenceRecord) =>
  errorCode !== undefined && mayBeRetried(errorCode as RequestErrorCode);

/** An event gets the answer that its source expects, or a documented failure, and leaves one record. A ping leaves none, a batch one for each message. */
async function answersAndCaptures(event: unknown): Promise<void> {
  records.length = 0;
  const outcome = await handler(event, { awsRequestId: 'r' }).catch((error: unknown) => error);
  const captured = records.map(checked);
  const json = JSON.stringify(outcome);
  if (outcome instanceof FunctionError) {
    if (captured.length !== 1 || !failed(captured[0]!)) expect.fail('a failure without its record');
    if (outcome.name !== captured[0]!.errorCode || outcome.stack!.includes('\n')) expect.fail('a failure with a stack');
    seen.add('failure');
  } else if (outcome instanceof Error) {
    throw outcome;
  } else if (json.startsWith('{"batchItemFailures":')) {
    const failures = captured.filter(failed).length;
    if (JSON.parse(json).batchItemFailures.length !== failures || captured.length === 0) expect.fail('another failure');
    seen.add('batch');
  } else if (json === JSON.stringify(PONG) || (outcome as { body?: string }).body === JSON.stringify(PONG)) {
    if (captured.length > 0) expect.fail('a ping was captured');
    seen.add('ping');
  } else {
    if (captured.length !== 1) expect.fail(`Expected one record, got ${captured.length}`);
    expectAnswer(outcome as Record<string, unknown>, captured[0]!);
  }
}

test('100,000 malformed events: every one gets an answer or a documented failure, and leaves its record', async () => {
  await fc.assert(
    fc.asyncProperty(malformedEvents, async (events) => {
      for (const event of events) await answersAndCaptures(event);
    }),
    { numRuns: 10_000 },
  );
  // What the events reach: all that a caller can do wrong without a model.
  expect([...seen].sort()).toEqual([
    'DEADLINE_EXCEEDED',
    'EMPTY_FIELD',
    'INTERNAL_ERROR',
    'INVALID_EVENT',
    'INVALID_FIELD',
    'INVALID_JSON',
    'INVALID_PARAMETER',
    'METHOD_NOT_ALLOWED',
    'MISSING_FIELD',
    'TOO_MANY_PAIRS',
    'UNKNOWN_FIELD',
    'UNSUPPORTED_MEDIA_TYPE',
    'batch',
    'failure',
    'none',
    'ping',
  ]);
});
