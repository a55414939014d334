import { readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Tampering } from './plan.ts';
import { filesBelow, spooledBelow } from './spool-files.ts';

/**
 * Does to the spool what another program in /tmp could do. The extension must be stopped, so that the lost records are known exactly.
 *
 * @returns the ids of the records that are lost; undefined where the spool had nothing to tamper with
 */
export function tamper(tmp: string, how: Tampering): string[] | undefined {
  const before = spooledBelow(tmp);
  if (!ACTIONS[how](tmp)) return undefined;
  const left = new Set(spooledBelow(tmp).map(({ eventId }) => eventId));
  return before.map(({ eventId }) => eventId).filter((id) => !left.has(id));
}

/** @returns whether the spool had anything to tamper with */
const ACTIONS: Record<Tampering, (tmp: string) => boolean> = {
  'folder removed': (tmp) => each(foldersOf(tmp), remove),
  'files removed': (tmp) => each(segmentsOf(tmp), remove),
  // The open segment, if there is one. At least half a line of it is left.
  'segment truncated': (tmp) => each(segmentsOf(tmp).slice(-1), (file) => truncateSync(file, 100)),
  'segment replaced': (tmp) =>
    each(segmentsOf(tmp).slice(-1), (file) => {
      remove(file);
      writeFileSync(file, '');
    }),
  'folder becomes a file': (tmp) =>
    each(foldersOf(tmp), (folder) => {
      remove(folder);
      writeFileSync(folder, '');
    }),
};

function each(paths: string[], action: (path: string) => void): boolean {
  for (const one of paths) action(one);
  return paths.length > 0;
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

/** The folders of the spool: one for each extension that uses this /tmp. */
function foldersOf(tmp: string): string[] {
  return readdirSync(tmp, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.startsWith('inference-capture'))
    .map(({ name }) => path.join(tmp, name));
}

/** The files of the segments. Open segments come last. */
function segmentsOf(tmp: string): string[] {
  const files = filesBelow(tmp).filter((file) => /\.jsonl(\.open)?$/.test(file));
  const isOpen = (file: string) => Number(file.endsWith('.open'));
  return files.sort((a, b) => isOpen(a) - isOpen(b)).map((file) => path.join(tmp, file));
}
