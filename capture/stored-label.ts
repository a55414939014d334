import type { Label } from './label.ts';
import { type KeptLabel, SCHEMA_VERSION } from './stored-line.ts';
import type { LossCounts } from './wire.ts';

/**
 * One line of an object of labels: the ground truth of SageMaker Model Monitor, which joins it with records as it is, and one more
 * top-level key, `inferenceCapture`, as in the line of a record.
 *
 * Format: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html
 */
export interface StoredLabel {
  groundTruthData: Pick<Label, 'data' | 'encoding'>;
  /** The record that the label is about, by one of these ids or by both. */
  eventMetadata: Pick<Label, 'eventId' | 'inferenceId'>;
  eventVersion: '0';
  inferenceCapture: KeptLabel['marks'] & {
    schemaVersion: number;
    /** When the truth became known, as the sender said. */
    labelledAt?: string | undefined;
    /** When the extension took the label: UTC, ISO 8601 with milliseconds. Of two labels for a record without `labelledAt`, the later one is right. */
    receivedAt: string;
    /** Labels lost since the extension stored its last label: as in the line of a record, where the same counts records. */
    droppedBefore?: LossCounts | undefined;
  };
}

/** The line that a label is stored as. */
export function storedLabel({ label, marks }: KeptLabel, receivedAt: Date, droppedBefore?: LossCounts): StoredLabel {
  const { eventId, inferenceId, data, encoding, time } = label;
  return {
    groundTruthData: { data, encoding },
    eventMetadata: { eventId, inferenceId },
    eventVersion: '0',
    inferenceCapture: {
      schemaVersion: SCHEMA_VERSION,
      ...marks,
      labelledAt: time,
      receivedAt: receivedAt.toISOString(),
      droppedBefore,
    },
  };
}

/** What two labels have in common that are the same one: the record, the truth, and the time that the sender gave. */
export type LabelContent = Omit<Label, 'encoding'> & { encoding: string };

/**
 * The id of a label, from its content as it is stored: a label that is posted again has the same. SHA-256, as BASE64.
 * The module is loaded with the first label, and not at every start.
 */
export function labelId({ eventId, inferenceId, data, encoding, time }: LabelContent): string {
  const content = JSON.stringify([eventId ?? null, inferenceId ?? null, encoding, data, time ?? null]);
  return process.getBuiltinModule('node:crypto').hash('sha256', content, 'base64');
}
