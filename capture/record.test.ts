import * as v from 'valibot';
import { expect, test } from 'vitest';
import { EXAMPLE_RECORD } from './fixtures/example-record.ts';
import { InferenceRecord } from './record.ts';

const { modelDigest, coldStart, ...least } = EXAMPLE_RECORD;

test.each([
  ['all fields', { ...EXAMPLE_RECORD, inferenceId: 'a', errorCode: 'B', traceId: 'c', customAttributes: ['d'] }],
  [
    'losses to tell',
    {
      ...least,
      lostBefore: {
        counts: [{ id: 'a', skipped: 2, timeout: 1 }],
        unanswered: [{ eventId: 'b', reason: 'unreachable' }],
      },
    },
  ],
  ['only the fields that every record has', least],
  ['a day of a leap year', { ...least, inferenceTime: '2028-02-29T23:59:59.999999999Z' }],
  ['characters beyond 16 bits', { ...least, input: { contentType: 'text/plain', encoding: 'JSON', data: '😀' } }],
  ['bytes as BASE64', { ...least, input: { contentType: 'image/png', encoding: 'BASE64', data: 'iVBORw==' } }],
])('a record with %s is accepted as it is', (_, record) => {
  expect(v.parse(InferenceRecord, record)).toEqual(record);
});

test('a field of a newer client is dropped, not refused', () => {
  expect(v.parse(InferenceRecord, { ...least, later: 1 })).toEqual(least);
});

test.each([
  ['no eventId', { eventId: undefined }],
  ['an empty requestId', { requestId: '' }],
  ['an id without end', { requestId: 'x'.repeat(257) }],
  ['a local time', { inferenceTime: '2026-11-23T21:00:00.123+01:00' }],
  ['a day that does not exist', { inferenceTime: '2026-13-40T21:00:00.000Z' }],
  ['a day that its month does not have', { inferenceTime: '2026-02-29T21:00:00.000Z' }],
  ['an hour that no day has', { inferenceTime: '2026-02-28T24:00:00.000Z' }],
  ['half of a surrogate pair', { input: { contentType: 'text/plain', encoding: 'JSON', data: 'a\ud800' } }],
  ['half of a surrogate pair in an attribute', { customAttributes: ['\udfff'] }],
  ['no time at all', { inferenceTime: 'now' }],
  ['no output', { output: undefined }],
  ['an unknown encoding', { input: { contentType: 'a/b', encoding: 'XML', data: '' } }],
  ['data that is an object', { input: { contentType: 'a/b', encoding: 'JSON', data: {} } }],
  ['a status that is none', { status: 42 }],
  ['a negative latency', { latencyMs: -1 }],
  ['a loss that is no number', { lostBefore: { counts: [{ id: 'a', skipped: '2' }] } }],
  ['a negative loss', { lostBefore: { counts: [{ id: 'a', skipped: -2 }] } }],
  ['a list in the place of losses', { lostBefore: [null] }],
  ['losses without id', { lostBefore: { counts: [{ skipped: 2 }] } }],
  ['endless losses', { lostBefore: { counts: Array(17).fill({ id: 'a', skipped: 2 }) } }],
  ['endless ids', { lostBefore: { unanswered: Array(65).fill({ eventId: 'a', reason: 'timeout' }) } }],
  ['endless attributes', { customAttributes: Array(33).fill('a') }],
])('a record with %s is refused', (_, change) => {
  expect(v.safeParse(InferenceRecord, { ...least, ...change }).success).toBe(false);
});
