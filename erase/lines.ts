import * as v from 'valibot';

/** Whose lines go. */
export interface Wanted {
  /** What `inferenceCapture.subject` is in the subject's records: one hash for each key that was ever in use. */
  subjects: ReadonlySet<string>;
  /** Of the subject's records: lines of labels and of payloads name the record that they belong to. */
  eventIds: Set<string>;
  inferenceIds: Set<string>;
}

/** What becomes of the lines of one object. */
export interface Sifted {
  /** All other bytes, as they were. */
  kept: Buffer;
  erased: number;
  /** Lines of records that no subject was noted with. Nobody can tell whom they are about. */
  unmarked: number;
  /** Lines that are none of ours; they stay. */
  unreadable: number;
  /** Whether there are lines that only the ids of records can tell about: labels, and payloads with objects of their own. */
  hasOthers: boolean;
}

const Line = v.object({
  eventMetadata: v.object({ eventId: v.optional(v.string()), inferenceId: v.optional(v.string()) }),
  captureData: v.optional(v.unknown()),
  groundTruthData: v.optional(v.unknown()),
  inferenceCapture: v.optional(v.object({ requestId: v.optional(v.unknown()), subject: v.optional(v.string()) })),
});
type Line = v.InferOutput<typeof Line>;

const LINE_FEED = 0x0a;

/**
 * Sifts the lines of one object. What it learns of the subject's records, their ids, it adds to `wanted`. So an object of labels is sifted
 * rightly once all objects of records have been.
 */
export function sift(content: Buffer, wanted: Wanted): Sifted {
  const sifted = { erased: 0, unmarked: 0, unreadable: 0, hasOthers: false };
  const kept: Buffer[] = [];
  for (let start = 0, end = 0; start < content.length; start = end) {
    const feed = content.indexOf(LINE_FEED, start);
    end = feed === -1 ? content.length : feed + 1;
    const bytes = content.subarray(start, end);
    const line = parse(bytes);
    if (line === undefined) sifted.unreadable += bytes.length > 1 ? 1 : 0;
    else if (isRecord(line)) {
      if (line.inferenceCapture?.subject === undefined) sifted.unmarked += 1;
    } else sifted.hasOthers = true;
    if (line !== undefined && isWanted(line, wanted)) sifted.erased += 1;
    else kept.push(bytes);
  }
  return { ...sifted, kept: sifted.erased === 0 ? content : Buffer.concat(kept) };
}

function isWanted(line: Line, { subjects, eventIds, inferenceIds }: Wanted): boolean {
  const { eventId, inferenceId } = line.eventMetadata;
  const subject = line.inferenceCapture?.subject;
  if (subject !== undefined && subjects.has(subject)) {
    if (eventId !== undefined) eventIds.add(eventId);
    if (inferenceId !== undefined) inferenceIds.add(inferenceId);
    return true;
  }
  if (eventId !== undefined && eventIds.has(eventId)) return true;
  return line.groundTruthData !== undefined && inferenceId !== undefined && inferenceIds.has(inferenceId);
}

function isRecord(line: Line): boolean {
  return line.captureData !== undefined && line.inferenceCapture?.requestId !== undefined;
}

function parse(line: Buffer): Line | undefined {
  try {
    return v.parse(Line, JSON.parse(line.toString()));
  } catch {
    return undefined;
  }
}
