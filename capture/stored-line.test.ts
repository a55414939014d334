import { expect, test } from 'vitest';
import { EXAMPLE_RECORD } from './fixtures/example-record.ts';
import { storedLine } from './stored-line.ts';

const ORIGIN = { functionName: 'QuestionAnswering', functionVersion: '$LATEST' };
const MARKS = { sampleRate: 0.25 };
const asStored = (record = EXAMPLE_RECORD) => JSON.parse(JSON.stringify(storedLine({ record, marks: MARKS }, ORIGIN)));

test('a stored line is the record of SageMaker Data Capture and our own key beside it', () => {
  expect(asStored()).toEqual({
    captureData: {
      endpointInput: {
        observedContentType: 'application/json',
        mode: 'INPUT',
        data: EXAMPLE_RECORD.input.data,
        encoding: 'JSON',
      },
      endpointOutput: {
        observedContentType: 'application/json',
        mode: 'OUTPUT',
        data: EXAMPLE_RECORD.output.data,
        encoding: 'JSON',
      },
    },
    eventMetadata: { eventId: EXAMPLE_RECORD.eventId, inferenceTime: '2026-11-23T21:00:00Z' },
    eventVersion: '0',
    inferenceCapture: {
      schemaVersion: 1,
      ...ORIGIN,
      ...MARKS,
      requestId: EXAMPLE_RECORD.requestId,
      modelDigest: EXAMPLE_RECORD.modelDigest,
      latencyMs: 12.3,
      coldStart: false,
      status: 200,
    },
  });
});

test('what the caller and the tracer gave stands where the readers of SageMaker look for it', () => {
  const stored = asStored({
    ...EXAMPLE_RECORD,
    inferenceId: 'order-7',
    customAttributes: ['tenant=a'],
    errorCode: 'EMPTY_FIELD',
    traceId: 'Root=1-5',
  });
  expect(stored.eventMetadata).toMatchObject({ inferenceId: 'order-7', customAttributes: ['tenant=a'] });
  expect(stored.inferenceCapture).toMatchObject({ errorCode: 'EMPTY_FIELD', traceId: 'Root=1-5' });
});
