import fs from 'node:fs';
import path from 'node:path';
import { MAX_BODY_BYTES } from '../../capture/wire.ts';
import type { Kind } from './kind.ts';
import { checksumOf, type Identity, identityOf, LINE_FEED, linesOf } from './lines.ts';
import { clearAway, isProcessFolder } from './own-folder.ts';
import { OPEN_SUFFIX, type SealedSegment } from './segment.ts';

/** What predecessors left in the spool. */
export interface Recovered {
  /** Oldest first. */
  segments: Omit<SealedSegment, 'openedMs'>[];
  /** The ids in the segment of each kind that was written last: who got no answer to one of them may post it again. */
  lastIds: Record<Kind, string[]>;
  /** Files that were left where they are, and why. */
  leftAlone: { file: string; cause: string }[];
}

/** A file with the name of a segment. */
interface Found {
  file: string;
  key: string;
  bytes: number;
  modifiedMs: number;
}

/**
 * Takes over the segments that ended processes left in the spool, by moving them into a folder: the process that moves a file first has it.
 * An unfinished line was never acknowledged, and is passed over, as is any line that is neither record nor label. A file that is no segment, or that cannot
 * be read, is left alone, and all others are recovered. One file is in memory at a time.
 *
 * @param folders of the ended processes, and the spool's own
 * @param batchBytes most bytes of a batch: a file that is larger, and larger than any record, is no segment
 */
export function recoverSegments(folders: readonly string[], into: string, batchBytes: number): Recovered {
  const leftAlone: Recovered['leftAlone'] = [];
  const attempt = (file: string, step: () => void) => {
    try {
      step();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') leftAlone.push({ file, cause: message }); // else another process was first
    }
  };

  const found: Found[] = [];
  for (const folder of folders) find(folder, folder, found, attempt);
  found.sort((a, b) => a.modifiedMs - b.modifiedMs);

  const most = Math.max(batchBytes, 2 * MAX_BODY_BYTES);
  const segments: Recovered['segments'] = [];
  const lastIds: Recovered['lastIds'] = { record: [], label: [], payload: [] };
  for (const { file, key, bytes } of found) {
    attempt(file, () => {
      if (bytes > most) throw new Error(`Expected a segment of at most ${most} bytes, got ${bytes}`);
      const { identities, ...contents } = contentsOf(fs.readFileSync(file));
      const [first] = identities;
      if (first === undefined) return discard(file, bytes);
      const { kind } = first;
      const target = path.join(into, key);
      if (target !== file && fs.existsSync(target))
        throw new Error('Expected a key that no other segment has, got one that is taken');
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.renameSync(file, target);
      segments.push({ kind, key, file: target, fd: undefined, ...contents });
      lastIds[kind] = identities.map(({ id }) => id);
    });
  }
  for (const folder of folders) if (folder !== into) clearAway(folder);
  return { segments, lastIds, leftAlone };
}

/** Collects the files below a folder that have the name of a segment. Links are not followed. */
function find(root: string, folder: string, found: Found[], attempt: (file: string, step: () => void) => void): void {
  attempt(folder, () => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory() && !isProcessFolder(entry.name)) find(root, file, found, attempt);
      if (!/\.jsonl(\.open)?$/.test(entry.name)) continue;
      attempt(file, () => {
        if (!entry.isFile()) throw new Error('Expected a file');
        const { size, mtimeMs } = fs.lstatSync(file);
        const relative = path.relative(root, file).split(path.sep).join('/');
        const key = relative.endsWith(OPEN_SUFFIX) ? relative.slice(0, -OPEN_SUFFIX.length) : relative;
        found.push({ file, key, bytes: size, modifiedMs: mtimeMs });
      });
    }
  });
}

/** The stored lines of a content. A segment has lines of one kind. */
function contentsOf(content: Buffer) {
  const identities: Identity[] = [];
  const checksums: number[] = [];
  for (const line of linesOf(content)) {
    const identity = identityOf(line);
    if (identity === undefined) continue;
    identities.push(identity);
    checksums.push(checksumOf(line));
  }
  return { identities, records: identities.length, bytes: content.lastIndexOf(LINE_FEED) + 1, checksums };
}

/** Removes a segment whose first record is unfinished. A file that others wrote stays. */
function discard(file: string, bytes: number): void {
  if (bytes > 0 && !file.endsWith(OPEN_SUFFIX)) throw new Error('Expected records, got none');
  fs.rmSync(file);
}
