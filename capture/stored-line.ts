import type { InferenceRecord, Payload } from './record.ts';

/** Version of the `inferenceCapture` object in a stored line. It changes when a key changes its meaning or goes away. */
export const SCHEMA_VERSION = 1;

/** Who captured a record. */
export interface Origin {
  functionName: string;
  functionVersion: string;
  /** The share of records that is kept, above 0 and at most 1. */
  sampleRate: number;
}

/**
 * One line of a stored object: the record of SageMaker Data Capture, which its readers understand as it is,
 * and one more top-level key, `inferenceCapture`, which they ignore.
 */
export interface StoredLine {
  captureData: { endpointInput: StoredPayload; endpointOutput: StoredPayload };
  eventMetadata: { eventId: string; inferenceTime: string; inferenceId?: string; customAttributes?: string[] };
  eventVersion: '0';
  inferenceCapture: Origin &
    Pick<
      InferenceRecord,
      'requestId' | 'modelDigest' | 'latencyMs' | 'coldStart' | 'status' | 'errorCode' | 'traceId'
    > & {
      schemaVersion: number;
    };
}

interface StoredPayload {
  observedContentType: string;
  mode: 'INPUT' | 'OUTPUT';
  data: string;
  encoding: Payload['encoding'];
}

/** The line that a record is stored as. `inferenceTime` is cut to whole seconds, as SageMaker writes it. */
export function storedLine(record: InferenceRecord, origin: Origin): StoredLine {
  const { eventId, inferenceId, customAttributes, requestId, modelDigest, latencyMs, coldStart } = record;
  const { status, errorCode, traceId } = record;
  return {
    captureData: {
      endpointInput: storedPayload(record.input, 'INPUT'),
      endpointOutput: storedPayload(record.output, 'OUTPUT'),
    },
    eventMetadata: {
      eventId,
      inferenceTime: `${record.inferenceTime.slice(0, 19)}Z`,
      inferenceId,
      customAttributes,
    },
    eventVersion: '0',
    inferenceCapture: {
      schemaVersion: SCHEMA_VERSION,
      ...origin,
      requestId,
      modelDigest,
      latencyMs,
      coldStart,
      status,
      errorCode,
      traceId,
    },
  };
}

function storedPayload({ contentType, data, encoding }: Payload, mode: StoredPayload['mode']): StoredPayload {
  return { observedContentType: contentType, mode, data, encoding };
}
