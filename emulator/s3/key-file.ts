import { lstatSync, mkdirSync, realpathSync, type Stats } from 'node:fs';
import path from 'node:path';

/** Where a bucket's objects are. Keys that can be the path of a file have it in `files`; the others have a file in `aside`. */
export interface BucketFolders {
  files: string;
  aside: string;
}

// Errors that mean that no file can be at a path.
const NOT_THERE = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'EINVAL'];
const OBJECT = '.object';

/** The file that holds the object of a key now; undefined where there is none. Links are never followed, and hold no object. */
export function findFile({ files, aside }: BucketFolders, key: string): string | undefined {
  const file = pathOf(files, key);
  if (file !== undefined && isObject(file)) return file;
  const other = path.join(aside, asideName(key));
  return isObject(other) ? other : undefined;
}

/**
 * The file for a key that has no object yet; its folder is made. The file is aside where the key cannot be a path, or where something else has
 * that place: `a` beside `a/b`, a link, or on some machines a name that differs in case alone.
 */
export function makePlace({ files, aside }: BucketFolders, key: string): string {
  const file = pathOf(files, key);
  if (file !== undefined && isFree(files, file)) return file;
  const other = path.join(aside, asideName(key));
  mkdirSync(path.dirname(other), { recursive: true });
  return other;
}

/** The key of a file in `aside`; undefined where the file is none of ours. */
export function keyAside(aside: string, file: string): string | undefined {
  const name = path.relative(aside, file);
  const hex = name.replaceAll(path.sep, '').slice(0, -OBJECT.length);
  const key = Buffer.from(hex, 'hex').toString('utf8');
  return asideName(key) === name ? key : undefined;
}

/** The path of a key below a folder; undefined where no file can have that path. */
export function pathOf(folder: string, key: string): string | undefined {
  const parts = key.split('/');
  const impossible = (part: string) => /^\.{0,2}$/.test(part) || part.includes('\0') || Buffer.byteLength(part) > 255;
  return parts.some(impossible) ? undefined : path.join(folder, ...parts);
}

/** Whether the path leads to a folder without a link on its way, and spelt as the folder is. */
export function isFolder(folder: string): boolean {
  return realStats(folder)?.isDirectory() ?? false;
}

function isObject(file: string): boolean {
  return realStats(file)?.isFile() ?? false;
}

function realStats(file: string): Stats | undefined {
  try {
    return realpathSync.native(file) === file ? lstatSync(file) : undefined;
  } catch (error) {
    if (isNotThere(error)) return undefined;
    throw error;
  }
}

/** Makes the folders on the way to a file. @returns whether the file can be there */
function isFree(root: string, file: string): boolean {
  const folder = path.dirname(file);
  try {
    let made = root;
    for (const part of path.relative(root, folder).split(path.sep)) {
      made = path.join(made, part);
      // Step by step, because below a link on the way the folders would be made elsewhere.
      if (!lstatSync(made, { throwIfNoEntry: false })) mkdirSync(made);
      if (!isFolder(made)) return false;
    }
    return lstatSync(file, { throwIfNoEntry: false }) === undefined;
  } catch (error) {
    if (isNotThere(error)) return false;
    throw error;
  }
}

/** The key in hexadecimal, because some file systems ignore case, and in parts, because a file's name has at most 255 bytes. */
function asideName(key: string): string {
  const hex = Buffer.from(key).toString('hex');
  return path.join(...(hex.match(/.{1,200}/g) ?? [])) + OBJECT;
}

function isNotThere(error: unknown): boolean {
  return NOT_THERE.includes((error as NodeJS.ErrnoException).code ?? '');
}
