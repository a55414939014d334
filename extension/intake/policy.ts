import type { InferenceRecord } from '../../capture/record.ts';
import type { KeptRecord } from '../../capture/stored-line.ts';
import type { LeftOutReason } from '../../capture/wire.ts';

/** What becomes of a record: it is kept, whole or changed, or it is left out on purpose. */
export type PolicyDecision = ({ keep: true } & KeptRecord) | { keep: false; reason: LeftOutReason };

/**
 * Decides what may be kept of a record. It stands between a record that has been read and its stored line, and there is no other way: where it
 * throws, the record is refused as INTERNAL_ERROR.
 *
 * The decision follows from the record alone. So a record that is posted again gets the same one, also from an extension that was started
 * anew. A policy that samples takes its random number from the `eventId`. The `eventId` of a record stays as it is.
 */
export type Policy = (record: InferenceRecord) => PolicyDecision;

/** Keeps every record whole. */
export const keepEverything: Policy = (record) => ({ keep: true, record, marks: { sampleRate: 1 } });
