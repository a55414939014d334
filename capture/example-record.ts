import type { InferenceRecord } from './record.ts';

/** A whole record, for tests and documents. */
export const EXAMPLE_RECORD: InferenceRecord = {
  eventId: '12b73486-e916-45de-9d82-7fa23d4a39a6',
  requestId: '8476a536-e9f4-11e8-9739-2dfe598c3fcd',
  inferenceTime: '2026-11-23T21:00:00.123Z',
  input: {
    contentType: 'application/json',
    encoding: 'JSON',
    data: '{"question":"Where do I live?","context":"My name is Wolfgang and I live in Berlin."}',
  },
  output: {
    contentType: 'application/json',
    encoding: 'JSON',
    data: '{"answer":"Berlin","score":0.83,"start":34,"end":40}',
  },
  status: 200,
  latencyMs: 12.3,
  modelDigest: 'd1436bdcbf1ef05e55146bdb9c5d7766fc3bc6c48c0af7b377c7ea2526a45f1b',
  coldStart: false,
};
