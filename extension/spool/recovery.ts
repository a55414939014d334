import fs from 'node:fs';
import path from 'node:path';
import { OPEN_SUFFIX, type SealedSegment } from './segment.ts';

/** What a predecessor left in the spool. */
export interface Recovered {
  /** Oldest first. */
  segments: SealedSegment[];
  /** The records of the segment written last: a function that got no answer to one of them may post it again. */
  lastEventIds: string[];
}

const LINE_FEED = 0x0a;

/**
 * Seals the segments that a process which ended without notice left in the spool. A line that it had only begun was never
 * acknowledged, and is cut off.
 *
 * @throws when the folder cannot be read or written
 */
export function recoverSegments(spoolDir: string): Recovered {
  const found = fs
    .readdirSync(spoolDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.jsonl(\.open)?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => ({ file, modifiedMs: fs.statSync(file).mtimeMs }))
    .sort((a, b) => a.modifiedMs - b.modifiedMs);

  const segments: SealedSegment[] = [];
  let lastLines = Buffer.alloc(0);
  for (const { file } of found) {
    const lines = wholeLines(file);
    if (lines.length === 0) {
      fs.rmSync(file);
      continue;
    }
    const sealedFile = file.endsWith(OPEN_SUFFIX) ? file.slice(0, -OPEN_SUFFIX.length) : file;
    if (sealedFile !== file) fs.renameSync(file, sealedFile);
    const key = path.relative(spoolDir, sealedFile).split(path.sep).join('/');
    segments.push({ key, file: sealedFile, records: countLines(lines), bytes: lines.length });
    lastLines = lines;
  }
  return { segments, lastEventIds: eventIds(lastLines) };
}

/** The whole lines of a file, which afterwards holds nothing else. */
function wholeLines(file: string) {
  const content = fs.readFileSync(file);
  const length = content.lastIndexOf(LINE_FEED) + 1;
  if (length < content.length) fs.truncateSync(file, length);
  return content.subarray(0, length);
}

function countLines(lines: Buffer): number {
  let count = 0;
  for (let at = lines.indexOf(LINE_FEED); at !== -1; at = lines.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}

function eventIds(lines: Buffer): string[] {
  return Array.from(lines.toString().matchAll(/"eventMetadata":\{"eventId":"([^"]*)"/g), (match) => match[1]!);
}
