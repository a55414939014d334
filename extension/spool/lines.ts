import * as v from 'valibot';

/** What a segment is known to hold. */
export interface Contents {
  records: number;
  bytes: number;
  /** Of its bytes, from {@link checksumOf}. */
  checksum: number;
}

/** The checksum of no bytes: FNV-1a's offset basis. */
export const NO_BYTES = 0x811c9dc5 | 0;

/**
 * FNV-1a, 32 bits, which can be continued: it finds what an accident did to a file. `node:zlib` has a CRC, and would be a millisecond of
 * every start.
 *
 * Source: http://www.isthe.com/chongo/tech/comp/fnv/
 *
 * @param before the checksum of what goes before
 */
export function checksumOf(bytes: Buffer, before = NO_BYTES): number {
  let sum = before;
  for (let i = 0; i < bytes.length; i++) sum = Math.imul(sum ^ bytes[i]!, 0x01000193);
  return sum;
}

/** What makes a line a record, as far as the spool is concerned. */
const Line = v.object({ eventMetadata: v.object({ eventId: v.string() }) });

/** The event id of a stored line, or undefined if it is no stored line. */
export function eventIdOf(line: Buffer): string | undefined {
  try {
    return v.parse(Line, JSON.parse(line.toString())).eventMetadata.eventId;
  } catch {
    return undefined;
  }
}

export const LINE_FEED = 0x0a;

/** The lines of a content that are ended, each with its line feed. What stands before a hole in the file, which is read as zeros, is no line. */
export function* linesOf(content: Buffer): Generator<Buffer> {
  for (let start = 0, end = 0; ; start = end) {
    end = content.indexOf(LINE_FEED, start) + 1;
    if (end === 0) return;
    const line = content.subarray(start, end);
    yield line.subarray(line.lastIndexOf(0) + 1);
  }
}

/**
 * What is left of a segment: all of it, where the content begins with what was written; else the lines that are whole.
 *
 * @returns no more records than there were
 */
export function intactLines(content: Buffer, written: Contents): { lines: Buffer; records: number } {
  const expected = content.subarray(0, written.bytes);
  if (expected.length === written.bytes && checksumOf(expected) === written.checksum) {
    return { lines: expected, records: written.records };
  }
  const whole: Buffer[] = [];
  for (const line of linesOf(content)) {
    if (whole.length < written.records && eventIdOf(line) !== undefined) whole.push(line);
  }
  return { lines: Buffer.concat(whole), records: whole.length };
}
