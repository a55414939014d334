import { expect, test } from 'vitest';
import { EXAMPLE_LABEL } from './fixtures/example-label.ts';
import { labelId, storedLabel } from './stored-label.ts';

const RECEIVED = new Date('2026-11-25T10:00:00.250Z');
const asStored = (label = EXAMPLE_LABEL, marks = {}) =>
  JSON.parse(JSON.stringify(storedLabel({ label, marks }, RECEIVED)));

test('a stored label is the ground truth of SageMaker Model Monitor and our own key beside it', () => {
  expect(asStored(EXAMPLE_LABEL, { policy: 'c0ffee', redacted: { email: 1 } })).toEqual({
    groundTruthData: { data: 'Berlin', encoding: 'CSV' },
    eventMetadata: { eventId: EXAMPLE_LABEL.eventId },
    eventVersion: '0',
    inferenceCapture: {
      schemaVersion: 1,
      policy: 'c0ffee',
      redacted: { email: 1 },
      labelledAt: '2026-11-24T09:30:00Z',
      receivedAt: '2026-11-25T10:00:00.250Z',
    },
  });
});

test('a label may name its record by the id of the caller', () => {
  const { eventMetadata, inferenceCapture } = asStored({ inferenceId: 'order-7', data: '1', encoding: 'CSV' });
  expect(eventMetadata).toEqual({ inferenceId: 'order-7' });
  expect(Object.keys(inferenceCapture)).toEqual(['schemaVersion', 'receivedAt']);
});

test.each([
  ['another record', { eventId: 'other' }],
  ['the same text as the other id', { eventId: undefined, inferenceId: EXAMPLE_LABEL.eventId }],
  ['another truth', { data: 'Bonn' }],
  ['another encoding', { encoding: 'JSON' }],
  ['another time', { time: '2026-11-24T09:30:01Z' }],
  ['no time', { time: undefined }],
] as const)('a label with %s is another label', (_, changed) => {
  expect(labelId({ ...EXAMPLE_LABEL, ...changed })).not.toBe(labelId(EXAMPLE_LABEL));
  expect(labelId({ ...EXAMPLE_LABEL })).toBe(labelId(EXAMPLE_LABEL));
});
