import * as v from 'valibot';
import { labelId } from '../../capture/stored-label.ts';
import type { Kind } from './kind.ts';

/** What a segment is known to hold. */
export interface Contents {
  /** Lines. */
  records: number;
  bytes: number;
  /** Of each line, from {@link checksumOf}. */
  checksums: readonly number[];
}

const OFFSET_BASIS = 0x811c9dc5 | 0;
const PRIME = 0x01000193;

/**
 * A checksum of 32 bits by which the spool recognises its own lines among what other programs put into a file. It is FNV-1a over four bytes at a
 * time, rotated after each step so that high bits count too. It takes a microsecond for 2 KB; the CRC of `node:zlib` would take half of that, and
 * 2 ms of each start.
 *
 * Source: http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function checksumOf(line: Buffer): number {
  let sum = OFFSET_BASIS;
  let i = 0;
  for (; i + 3 < line.length; i += 4) {
    const word = line[i]! | (line[i + 1]! << 8) | (line[i + 2]! << 16) | (line[i + 3]! << 24);
    const product = Math.imul(sum ^ word, PRIME);
    sum = (product << 13) | (product >>> 19);
  }
  for (; i < line.length; i++) sum = Math.imul(sum ^ line[i]!, PRIME);
  return sum;
}

/** The parts of a stored line by which the spool recognises what it is. */
const Line = v.object({
  eventMetadata: v.object({ eventId: v.optional(v.string()), inferenceId: v.optional(v.string()) }),
  groundTruthData: v.optional(v.object({ data: v.string(), encoding: v.string() })),
  inferenceCapture: v.optional(v.object({ apart: v.optional(v.literal(true)), labelledAt: v.optional(v.string()) })),
});

/** What a stored line is, and the id by which it is known when it is posted again: of a record its event id, of a label a digest. */
export interface Identity {
  kind: Kind;
  id: string;
}

/** Of a line, or undefined if it is no stored line. */
export function identityOf(line: Buffer): Identity | undefined {
  try {
    const { eventMetadata, groundTruthData, inferenceCapture } = v.parse(Line, JSON.parse(line.toString()));
    const { eventId, inferenceId } = eventMetadata;
    if (groundTruthData !== undefined && (eventId ?? inferenceId) !== undefined) {
      const time = inferenceCapture?.labelledAt;
      return { kind: 'label', id: labelId({ eventId, inferenceId, ...groundTruthData, time }) };
    }
    return eventId === undefined ? undefined : { kind: inferenceCapture?.apart ? 'payload' : 'record', id: eventId };
  } catch {
    return undefined;
  }
}

export const LINE_FEED = 0x0a;

/** The finished lines of a content, each with its line feed. A hole in the file is read as zeros, and a line begins after the last zero. */
export function* linesOf(content: Buffer): Generator<Buffer> {
  for (let start = 0, end = 0; ; start = end) {
    end = content.indexOf(LINE_FEED, start) + 1;
    if (end === 0) return;
    const line = content.subarray(start, end);
    yield line.subarray(line.lastIndexOf(0) + 1);
  }
}

/** What is left of a segment: its own whole lines, each once, and no line of others. */
export function intactLines(content: Buffer, written: Contents): { lines: Buffer; checksums: readonly number[] } {
  const missing = new Map<number, number>();
  for (const checksum of written.checksums) missing.set(checksum, (missing.get(checksum) ?? 0) + 1);
  const lines: Buffer[] = [];
  const checksums: number[] = [];
  let bytes = 0;
  for (const line of linesOf(content)) {
    const checksum = checksumOf(line);
    const times = missing.get(checksum) ?? 0;
    if (times === 0) continue;
    missing.set(checksum, times - 1);
    lines.push(line);
    checksums.push(checksum);
    bytes += line.length;
  }
  // As a rule they are the beginning of the content. Then nothing need be copied.
  const isBeginning =
    bytes === written.bytes && lines.at(-1)?.byteOffset === content.byteOffset + bytes - (lines.at(-1)?.length ?? 0);
  return { lines: isBeginning ? content.subarray(0, bytes) : Buffer.concat(lines), checksums };
}
