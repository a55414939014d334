import type { InferenceRecord, Payload } from './record.ts';
import type { LossCounts } from './wire.ts';

/** Version of the `inferenceCapture` object in a stored line. It changes when a key changes its meaning or goes away. */
export const SCHEMA_VERSION = 1;

/** Who captured a record. */
export interface Origin {
  functionName: string;
  functionVersion: string;
}

/** What the policy did with a record that it keeps. The record's line says so. */
export interface PolicyMarks {
  /** The share of such records that is kept, above 0 and at most 1. */
  sampleRate: number;
}

/** What is kept of a record, as a policy decided it. */
export interface KeptRecord {
  record: InferenceRecord;
  marks: PolicyMarks;
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
    PolicyMarks &
    Pick<
      InferenceRecord,
      'requestId' | 'modelDigest' | 'latencyMs' | 'coldStart' | 'status' | 'errorCode' | 'traceId'
    > & {
      schemaVersion: number;
      /**
       * Records lost since the extension stored its last line: the accounting of what no object holds. Reasons in capitals are of records
       * that reached the extension, the others of what the function could not hand over. A loss is in the first line after the extension
       * knows of it and in no other, so that a sum over all lines counts each once. A record may come after a line has counted it as lost. Then
       * its own line has -1 for that reason, or, if the policy leaves the record out, the next line has it: the sum is right again.
       */
      droppedBefore?: LossCounts;
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
export function storedLine({ record, marks }: KeptRecord, origin: Origin, droppedBefore?: LossCounts): StoredLine {
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
      ...marks,
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
