import { expect, test } from 'vitest';
import { EXAMPLE_RECORD } from './fixtures/example-record.ts';
import { storedLine, storedPayloads, withObject } from './stored-line.ts';

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

test('what the policy decides by is not stored', () => {
  const told = { source: 'sqs', caller: 'key-of-somebody', headers: { 'x-tenant': 'blue' }, lostBefore: {} };
  expect(asStored({ ...EXAMPLE_RECORD, ...told })).toEqual(asStored());
});

test('a payload that is withheld is absent, as SageMaker leaves out what its capture options do not name', () => {
  const { input, ...record } = EXAMPLE_RECORD;
  const marks = { ...MARKS, withheld: { input: 'CAPTURE_OPTIONS' } } as const;
  const stored = JSON.parse(JSON.stringify(storedLine({ record, marks }, ORIGIN)));
  expect(Object.keys(stored.captureData)).toEqual(['endpointOutput']);
  expect(stored.inferenceCapture.withheld).toEqual({ input: 'CAPTURE_OPTIONS' });
});

test('the line of a record says which object has its whole payloads, and that object says whose they are', () => {
  const whole = { contentType: 'text/plain', encoding: 'CSV', data: 'a long text' } as const;
  const truncation = { bytes: 11, sha256: 'ab' };
  const kept = {
    record: { ...EXAMPLE_RECORD, inferenceId: 'order-7' },
    marks: { ...MARKS, policy: 'c0ffee', subject: 'hash', truncated: { input: truncation, output: truncation } },
    apart: { input: whole },
  };
  expect(withObject(kept, 'payloads/a.jsonl').marks.truncated).toEqual({
    input: { ...truncation, object: 'payloads/a.jsonl' },
    output: truncation,
  });
  expect(JSON.parse(JSON.stringify(storedPayloads(kept.record, kept.marks, kept.apart)))).toEqual({
    captureData: {
      endpointInput: { observedContentType: 'text/plain', mode: 'INPUT', data: 'a long text', encoding: 'CSV' },
    },
    eventMetadata: {
      eventId: EXAMPLE_RECORD.eventId,
      inferenceTime: '2026-11-23T21:00:00Z',
      inferenceId: 'order-7',
    },
    eventVersion: '0',
    inferenceCapture: { schemaVersion: 1, apart: true, policy: 'c0ffee', subject: 'hash' },
  });
});
