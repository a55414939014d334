import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { PolicyMarks, StoredLine } from '../../capture/stored-line.ts';

/** A record that was found in a segment, in an object or in the log. */
export interface FoundRecord {
  eventId: string;
  inferenceTime: string;
  /** The losses that its line reports, by reason. */
  droppedBefore?: Record<string, number>;
  /** What its line says that the policy did with it. */
  marks?: Pick<PolicyMarks, 'policy' | 'sampleRate' | 'redacted' | 'withheld'>;
  /** Whether its line has a payload. */
  hasPayload?: boolean;
  /** The path of the segment or object, relative to the folder that was searched. */
  file: string;
}

/**
 * Every record in the objects below a folder.
 *
 * @throws Error when a whole line is not a record
 */
export function recordsBelow(folder: string): FoundRecord[] {
  return linesBelow(folder, /\.jsonl$/).map(({ line, file }) => recordOf(line, file));
}

/** Every record in the open and sealed segments below a folder. Lines that are not records are ignored: another program may have written them. */
export function spooledBelow(folder: string): FoundRecord[] {
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

/** The files below a folder, of whatever kind, that have this text in them. */
export function filesWith(text: string, folder: string): string[] {
  return filesBelow(folder).filter((file) => read(path.join(folder, file)).includes(text));
}

/** Reads a stored line. @throws Error when it is not a record */
export function recordOf(line: string, file: string): FoundRecord {
  try {
    const { captureData, eventMetadata, inferenceCapture } = JSON.parse(line) as StoredLine;
    const { eventId, inferenceTime } = eventMetadata;
    const { droppedBefore, policy, sampleRate, redacted, withheld } = inferenceCapture;
    const marks = { policy, sampleRate, redacted, withheld };
    return {
      eventId,
      inferenceTime,
      ...(droppedBefore && { droppedBefore }),
      marks,
      hasPayload: Object.keys(captureData).length > 0,
      file,
    };
  } catch (error) {
    throw new Error(`Expected a record in ${file}, got ${line.length} characters: ${(error as Error).message}`);
  }
}

/** All files and folders below a folder, relative to it. */
export function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return []; // the folder does not exist yet
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it is a folder, or it was sealed or delivered just now
  }
}
