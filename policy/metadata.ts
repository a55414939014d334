import type { InferenceRecord } from '../capture/record.ts';
import type { KeptRecord } from '../capture/stored-line.ts';

/** An error code as programs write it: not a message, which may quote the caller. */
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

/** The fields of `_X_AMZN_TRACE_ID` that Lambda makes, and the id of a W3C trace. A caller may add fields of his own to the first. */
const TRACE =
  /^(?:Root=1-[\da-f]{8}-[\da-f]{24}|Parent=[\da-f]{16}|Sampled=[01]|00-[\da-f]{32}-[\da-f]{16}-[\da-f]{2})$/;

/**
 * What `onError: metadata` keeps of a record that no policy could be applied to: nothing that a caller wrote. The ids are those of the function
 * and of Lambda.
 *
 * @param policy the id of the policy that failed, if there was one
 */
export function metadataOf(record: InferenceRecord, policy?: string): KeptRecord {
  const { eventId, requestId, inferenceTime, status, latencyMs, modelDigest, coldStart, traceId, errorCode } = record;
  const code = errorCode !== undefined && CODE.test(errorCode) ? errorCode : undefined;
  const trace = traceId
    ?.split(';')
    .filter((field) => TRACE.test(field))
    .join(';');
  return {
    record: {
      eventId,
      requestId,
      inferenceTime,
      status,
      latencyMs,
      modelDigest,
      coldStart,
      traceId: trace || undefined,
      errorCode: code,
    },
    marks: { sampleRate: 1, policy, withheld: { input: 'POLICY_ERROR', output: 'POLICY_ERROR' } },
  };
}
