import { expect, test } from 'vitest';
import { EXAMPLE_RECORD } from '../capture/fixtures/example-record.ts';
import { metadataOf } from './metadata.ts';

test('of a record that no policy could be applied to, nothing is kept that a caller wrote', () => {
  const { record, marks } = metadataOf(
    {
      ...EXAMPLE_RECORD,
      input: { ...EXAMPLE_RECORD.input, data: 'canary' },
      output: { ...EXAMPLE_RECORD.output, data: 'canary' },
      inferenceId: 'canary',
      customAttributes: ['canary'],
      headers: { 'x-name': 'canary' },
      caller: 'canary',
      source: 'canary',
      errorCode: 'canary',
      traceId: 'Root=1-67891233-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=1;Name=canary',
    },
    '0123456789abcdef',
  );
  expect(JSON.stringify(record)).not.toContain('canary');
  expect(record).toEqual({
    eventId: EXAMPLE_RECORD.eventId,
    requestId: EXAMPLE_RECORD.requestId,
    inferenceTime: EXAMPLE_RECORD.inferenceTime,
    status: 200,
    latencyMs: 12.3,
    modelDigest: EXAMPLE_RECORD.modelDigest,
    coldStart: false,
    traceId: 'Root=1-67891233-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=1',
  });
  expect(marks).toEqual({
    sampleRate: 1,
    policy: '0123456789abcdef',
    withheld: { input: 'POLICY_ERROR', output: 'POLICY_ERROR' },
  });
});

test.each([
  ['BODY_TOO_LARGE', 'BODY_TOO_LARGE'],
  ['Unknown name "Wolfgang"', undefined],
  ['wolfgang', undefined],
  ['A'.repeat(65), undefined],
])('an error code is kept if it looks like one: %s', (errorCode, kept) => {
  expect(metadataOf({ ...EXAMPLE_RECORD, errorCode }).record.errorCode).toBe(kept);
});
