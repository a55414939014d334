import type { Label } from '../capture/label.ts';
import type { InferenceRecord } from '../capture/record.ts';
import type { KeptLabel, KeptRecord } from '../capture/stored-line.ts';
import type { LeftOutReason } from '../capture/wire.ts';

/** Most bytes of a policy's document, in UTF-8. */
export const MAX_POLICY_BYTES = 256 * 1024;

/** What becomes of a record: it is kept, whole or changed, or it is left out on purpose. */
export type PolicyDecision = ({ keep: true } & KeptRecord) | LeftOut;

export interface LeftOut {
  keep: false;
  reason: LeftOutReason;
  /** The rule of the sampling that set the share, if one did. */
  sampledBy?: string | undefined;
}

/**
 * Decides what may be kept. It stands between what has been read and its stored line, and there is no other way. Where it throws, the
 * document's `onError` says what is kept of a record, and a label is refused (extension/policy/policy-state.ts).
 *
 * The decision follows from the record alone, but for the limit on records a second. So a record that is posted again gets the same one, also
 * from an extension that was started anew. The `eventId` of a record stays as it is.
 */
export interface Policy {
  record(record: InferenceRecord): PolicyDecision;
  /** Labels are never left out: somebody made each of them. */
  label(label: Label): KeptLabel;
}

/** Keeps every record and every label whole. */
export const KEEP_EVERYTHING: Policy = {
  record: (record) => ({ keep: true, record, marks: { sampleRate: 1 } }),
  label: (label) => ({ label, marks: {} }),
};
