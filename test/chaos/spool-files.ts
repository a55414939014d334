import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A record as it lies in a segment or in an object. */
export interface LyingRecord {
  eventId: string;
  inferenceTime: string;
  /** The losses that it tells of. */
  droppedBefore?: Record<string, number>;
  /** Of the segment or object, below its folder. */
  file: string;
}

/**
 * Every record in the objects below a folder.
 *
 * @throws Error when a whole line is no record
 */
export function recordsBelow(folder: string): LyingRecord[] {
  return linesBelow(folder, /\.jsonl$/).map(({ line, file }) => recordOf(line, file));
}

/** Every record in the segments below a folder, open or sealed. What somebody else has left there is passed over. */
export function spooledBelow(folder: string): LyingRecord[] {
  return linesBelow(folder, /\.jsonl(\.open)?$/).flatMap(({ line, file }) => {
    try {
      return [recordOf(line, file)];
    } catch {
      return [];
    }
  });
}

function linesBelow(folder: string, name: RegExp): { line: string; file: string }[] {
  return filesBelow(folder)
    .filter((file) => name.test(file))
    .flatMap((file) => {
      const lines = read(path.join(folder, file)).split('\n').slice(0, -1);
      return lines.map((line) => ({ line, file }));
    });
}

/** The objects below a folder that end in the middle of a line. */
export function tornFilesBelow(folder: string): string[] {
  return filesBelow(folder).filter((file) => file.endsWith('.jsonl') && !/(^|\n)$/.test(read(path.join(folder, file))));
}

/** @throws Error when a line is no record */
export function recordOf(line: string, file: string): LyingRecord {
  try {
    const { eventMetadata, inferenceCapture } = JSON.parse(line);
    const { eventId, inferenceTime } = eventMetadata;
    return { eventId, inferenceTime, droppedBefore: inferenceCapture.droppedBefore, file };
  } catch (error) {
    throw new Error(`Expected a record in ${file}, got ${line.length} characters: ${(error as Error).message}`);
  }
}

/** All files and folders below one, relative to it. */
export function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return []; // not made yet
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // a folder of that name, or sealed or delivered at this moment
  }
}
