import type { InferenceRecord, Payload } from './record.ts';
import type { DropCounts } from './wire.ts';

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
      /**
       * Records that reached the extension since it stored its last line, and were lost: the accounting of what no object holds. It is
       * in the first line after a loss and in no other, so that a sum over all lines counts each once.
       */
      droppedBefore?: DropCounts;
    };
}

interface StoredPayload {
  observedContentType: string;
  mode: 'INPUT' | 'OUTPUT';
  data: string;
  encoding: Payload['encoding'];
}

/**
 * The line that a record is stored as. `inferenceTime` is cut to whole seconds, as SageMaker writes it.
 *
 * @param droppedBefore what was lost since the line before, if anything was
 */
export function storedLine(record: InferenceRecord, origin: Origin, droppedBefore?: DropCounts): StoredLine {
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
      droppedBefore,
    },
  };
}

function storedPayload({ contentType, data, encoding }: Payload, mode: StoredPayload['mode']): StoredPayload {
  return { observedContentType: contentType, mode, data, encoding };
}
