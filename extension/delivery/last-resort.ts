import type { Tallies } from '../accounting/tallies.ts';
import type { WriteLine } from '../log.ts';
import type { Kind } from '../spool/kind.ts';
import type { SealedSegment } from '../spool/segment.ts';
import type { Spool } from '../spool/spool.ts';

export interface LastResortParts {
  spool: Spool;
  tallies: Tallies;
  writeLine: WriteLine;
  /** Milliseconds on a monotonic clock. */
  now: () => number;
  /** Waits so many milliseconds. */
  sleep: (ms: number) => Promise<unknown>;
}

/** A stored line in the log, or a part of one: of a record, as a rule. docs/operations.md has the query that puts them together again. */
export interface LoggedPart {
  level: 'ERROR';
  source: 'inference-capture';
  message: `a ${Kind} that could not be delivered`;
  /** The key of the object that the record would be in. */
  key: string;
  /** The number of its line in that object, from 1. */
  line: number;
  /** From 1 to `parts`. */
  part: number;
  parts: number;
  /** The texts of all parts, one after the other, are the stored line, without its line feed. */
  text: string;
}

/**
 * UTF-16 code units of a part. CloudWatch Logs takes 256 KiB an event, and a unit takes 3 bytes at most: a letter outside of ASCII up to
 * 3, a quotation mark or a backslash 2; a stored line is JSON already, so it holds no control characters.
 */
const PART_UNITS = 80_000;

/**
 * Writes the sealed segments to the log, the oldest first, and removes from the spool those that are written as a whole. It is the last thing to
 * do with them. A segment that is gone or cannot be read is passed over: the spool and the delivery have logged it.
 *
 * @param deadlineMs no line is begun or waited for after it; on the clock of `now`
 */
export async function logRecords(
  { spool, tallies, writeLine, now, sleep }: LastResortParts,
  deadlineMs: number,
): Promise<void> {
  const timeIsUp = sleep(Math.max(0, deadlineMs - now()));
  for (const segment of [...spool.sealed]) {
    if (now() >= deadlineMs) return;
    const content = await spool.read(segment).catch(() => undefined);
    if (content === undefined) continue;
    const lines = content.toString().trimEnd().split('\n');
    for (const [i, line] of lines.entries()) {
      for (const part of partsOf(line, segment, i + 1)) {
        if (now() >= deadlineMs) return;
        await Promise.race([writeLine(part), timeIsUp]);
      }
    }
    if (now() >= deadlineMs) return;
    spool.remove(segment);
    tallies[segment.kind].logged += segment.records;
  }
}

function partsOf(text: string, { kind, key }: SealedSegment, line: number): LoggedPart[] {
  const texts: string[] = [];
  for (let from = 0; from < text.length; ) {
    let to = Math.min(text.length, from + PART_UNITS);
    if (to < text.length && isHighSurrogate(text.charCodeAt(to - 1))) to -= 1; // half of a surrogate pair has no UTF-8
    texts.push(text.slice(from, to));
    from = to;
  }
  return texts.map((part, i) => ({
    level: 'ERROR',
    source: 'inference-capture',
    message: `a ${kind} that could not be delivered`,
    key,
    line,
    part: i + 1,
    parts: texts.length,
    text: part,
  }));
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
