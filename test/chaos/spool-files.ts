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
 * Every whole line of every segment or object below a folder.
 *
 * @throws Error when a whole line is no record
 */
export function recordsBelow(folder: string): LyingRecord[] {
  return filesBelow(folder)
    .filter((file) => /\.jsonl(\.open)?$/.test(file))
    .flatMap((file) => {
      const lines = read(path.join(folder, file)).split('\n').slice(0, -1);
      return lines.map((line) => recordOf(line, file));
    });
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

function filesBelow(folder: string): string[] {
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
