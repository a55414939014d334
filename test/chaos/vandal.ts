import { readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Vandalism } from './plan.ts';
import { filesBelow, spooledBelow } from './spool-files.ts';

/**
 * What somebody else in /tmp does to the spool. The extension must not run meanwhile, so that it is known what is gone.
 *
 * @returns the ids of the records that were there before and are not afterwards; undefined where there was nothing to do it to
 */
export function vandalise(tmp: string, how: Vandalism): string[] | undefined {
  const before = spooledBelow(tmp);
  if (!DEEDS[how](tmp)) return undefined;
  const left = new Set(spooledBelow(tmp).map(({ eventId }) => eventId));
  return before.map(({ eventId }) => eventId).filter((id) => !left.has(id));
}

/** @returns whether there was anything to do it to */
const DEEDS: Record<Vandalism, (tmp: string) => boolean> = {
  'folder removed': (tmp) => each(foldersOf(tmp), remove),
  'files removed': (tmp) => each(segmentsOf(tmp), remove),
  // The open one, if there is one: half a line is left of it at least.
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

function each(paths: string[], deed: (path: string) => void): boolean {
  for (const one of paths) deed(one);
  return paths.length > 0;
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

/** The folders of the spool: one, or one for each extension that shares this /tmp. */
function foldersOf(tmp: string): string[] {
  return readdirSync(tmp, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.startsWith('inference-capture'))
    .map(({ name }) => path.join(tmp, name));
}

/** The files of segments; those that are open come last. */
function segmentsOf(tmp: string): string[] {
  const files = filesBelow(tmp).filter((file) => /\.jsonl(\.open)?$/.test(file));
  const isOpen = (file: string) => Number(file.endsWith('.open'));
  return files.sort((a, b) => isOpen(a) - isOpen(b)).map((file) => path.join(tmp, file));
}
