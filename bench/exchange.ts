import type { Exchange } from '../capture/client.ts';

/** Bytes of a record as JSON, as it is sent. */
export const RECORD_BYTES = 2048;

/** What a function hands over, without what differs from one invocation to the next: request id and input. */
export const WITHOUT_CONTEXT: Exchange = {
  requestId: '',
  input: { contentType: 'application/json', encoding: 'JSON', data: '' },
  output: {
    contentType: 'application/json',
    encoding: 'JSON',
    data: '{"answer":"1887","score":0.9,"start":60,"end":64}',
  },
  status: 200,
  latencyMs: 30.1,
  modelDigest: '0'.repeat(64),
  coldStart: false,
};

/** What a function hands over after an invocation. With the id and the time that the client adds, it is a record of 2 KB. */
export function exchange(requestId: string): Exchange {
  const added = { eventId: '0'.repeat(36), inferenceTime: new Date(0).toISOString() };
  const bytes = JSON.stringify({ ...WITHOUT_CONTEXT, ...added, requestId }).length;
  return { ...WITHOUT_CONTEXT, requestId, input: { ...WITHOUT_CONTEXT.input, data: 'x'.repeat(RECORD_BYTES - bytes) } };
}
