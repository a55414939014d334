import type { Label } from './label.ts';
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
  /** The rule of the sampling that set the share, if one did. */
  sampledBy?: string | undefined;
  /** Which policy it was: the first 16 hexadecimal digits of the SHA-256 of its document. Absent without one. */
  policy?: string | undefined;
  /** How often each rule of the redaction struck, by the rule's name. */
  redacted?: Readonly<Record<string, number>> | undefined;
  /** Payloads that were over their limit. */
  truncated?: { input?: Truncation | undefined; output?: Truncation | undefined } | undefined;
  /** Payloads that the line does not have, and why. */
  withheld?: { input?: WithheldReason | undefined; output?: WithheldReason | undefined } | undefined;
  /** The person that the record is about, as a keyed hash: the record is found by it when it must be erased. */
  subject?: string | undefined;
}

/** Of a payload that was over its limit, as it would have been stored: after redaction. */
export interface Truncation {
  /** In UTF-8. */
  bytes: number;
  /** In hexadecimal. */
  sha256: string;
  /** The key of the object that has the whole payload, where it went to one of its own. */
  object?: string | undefined;
}

/**
 * `CAPTURE_OPTIONS`: the policy does not want this side. `BINARY`: it could not be searched, as it is no text. `UNREADABLE`: rules with paths
 * could not be applied, as it is no JSON. `POLICY_ERROR`: there was no policy to be had, or it failed.
 */
export type WithheldReason = 'CAPTURE_OPTIONS' | 'BINARY' | 'UNREADABLE' | 'POLICY_ERROR';

/** A record as the policy has made it. What it withholds is absent. */
export type RedactedRecord = Omit<InferenceRecord, 'input' | 'output'> & {
  input?: Payload | undefined;
  output?: Payload | undefined;
};

/** What is kept of a record, as a policy decided it. */
export interface KeptRecord {
  record: RedactedRecord;
  marks: PolicyMarks;
  /** Whole payloads that go to an object of their own. The line has the beginning of each. */
  apart?: { input?: Payload | undefined; output?: Payload | undefined } | undefined;
}

/** What is kept of a label, as a policy decided it. */
export interface KeptLabel {
  label: Label;
  marks: Pick<PolicyMarks, 'policy' | 'redacted'>;
}

/**
 * One line of a stored object: the record of SageMaker Data Capture, which its readers understand as it is,
 * and one more top-level key, `inferenceCapture`, which they ignore.
 */
export interface StoredLine {
  captureData: { endpointInput?: StoredPayload | undefined; endpointOutput?: StoredPayload | undefined };
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

/**
 * The only line of an object with the whole payloads of one record, where the line of the record has their beginnings. It has the ids of the
 * record, so what finds the line of a record by them finds this one too. It follows from the record and the policy alone.
 */
export interface StoredPayloads extends Pick<StoredLine, 'captureData' | 'eventMetadata' | 'eventVersion'> {
  inferenceCapture: Pick<PolicyMarks, 'policy' | 'subject'> & { schemaVersion: number; apart: true };
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
    captureData: captureData(record),
    eventMetadata: { eventId, inferenceTime: wholeSeconds(record.inferenceTime), inferenceId, customAttributes },
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

/** The line that the payloads of a record are stored as which go to an object of their own. */
export function storedPayloads(
  { eventId, inferenceTime, inferenceId }: RedactedRecord,
  { policy, subject }: PolicyMarks,
  apart: NonNullable<KeptRecord['apart']>,
): StoredPayloads {
  return {
    captureData: captureData(apart),
    eventMetadata: { eventId, inferenceTime: wholeSeconds(inferenceTime), inferenceId },
    eventVersion: '0',
    inferenceCapture: { schemaVersion: SCHEMA_VERSION, apart: true, policy, subject },
  };
}

/** What is kept of a record whose payloads went to the object of this key: its marks say so. */
export function withObject(kept: KeptRecord, object: string): KeptRecord {
  const { input, output } = kept.marks.truncated ?? {};
  const truncated = {
    input: kept.apart?.input && input ? { ...input, object } : input,
    output: kept.apart?.output && output ? { ...output, object } : output,
  };
  return { ...kept, marks: { ...kept.marks, truncated } };
}

function captureData({ input, output }: Pick<RedactedRecord, 'input' | 'output'>): StoredLine['captureData'] {
  return {
    endpointInput: input && storedPayload(input, 'INPUT'),
    endpointOutput: output && storedPayload(output, 'OUTPUT'),
  };
}

function wholeSeconds(time: string): string {
  return `${time.slice(0, 19)}Z`;
}

function storedPayload({ contentType, data, encoding }: Payload, mode: StoredPayload['mode']): StoredPayload {
  return { observedContentType: contentType, mode, data, encoding };
}
