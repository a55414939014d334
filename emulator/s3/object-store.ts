import { createHash, randomUUID } from 'node:crypto';
import {
  constants,
  createWriteStream,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { makeFolder } from '../machine.ts';
import { StartError } from '../start-error.ts';
import { type Checksums, ContentSums } from './content-sums.ts';
import { type BucketFolders, findFile, isFolder, keyAside, makePlace, pathOf } from './key-file.ts';
import type { Range } from './range.ts';
import { S3Error } from './s3-error.ts';

/** On which a put depends. The ETag has its quotation marks. */
export type PutCondition = 'new' | { etag: string };

export interface StoredObject {
  key: string;
  bytes: number;
  modified: Date;
}

/** An open object. It does not change, even when it is replaced or deleted meanwhile. */
export interface OpenObject extends StoredObject {
  etag: string;
  /** The content. At its end the object is closed. */
  read(range?: Range): Readable;
  close(): Promise<void>;
}

/**
 * Objects as plain files, `{folder}/{bucket}/{key}`. A key that cannot be the path of a file, or whose place is taken, has its file in
 * `{folder}/.keys/{bucket}/`. Nothing outside of the folder is read or written, whatever the key is, and whatever links are in the folder.
 *
 * The code that decides where an object lies is synchronous, so that two requests cannot interfere there.
 */
export class ObjectStore {
  readonly #folder: string;
  // A bucket cannot have this name, so half an upload is never seen as an object.
  readonly #uploads: string;

  /**
   * Creates the folder and the buckets.
   *
   * @throws {StartError} where a link is in the place of a bucket; {Error} of the system where the folder cannot be written
   */
  constructor(folder: string, buckets: readonly string[]) {
    makeFolder(folder);
    this.#folder = realpathSync.native(folder);
    this.#uploads = path.join(this.#folder, '.uploads');
    rmSync(this.#uploads, { recursive: true, force: true });
    mkdirSync(this.#uploads);
    for (const bucket of buckets) {
      const { files } = this.#folders(bucket);
      makeFolder(files);
      if (!isFolder(files)) throw new StartError(`Expected a bucket's folder at ${files}, got a link.`);
    }
  }

  buckets(): string[] {
    return readdirSync(this.#folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort();
  }

  createBucket(bucket: string): void {
    const { files } = this.#folders(bucket);
    if (lstatSync(files, { throwIfNoEntry: false })) {
      throw new S3Error('BucketAlreadyOwnedByYou', 'Your previous request to create the named bucket succeeded.');
    }
    mkdirSync(files);
  }

  requireBucket(bucket: string): void {
    if (isFolder(this.#folders(bucket).files)) return;
    throw new S3Error('NoSuchBucket', `The specified bucket does not exist: ${bucket}`);
  }

  /**
   * Stores an object. It appears whole or not at all.
   *
   * @param claimed called after the end of the content, because checksums may follow it
   * @param condition `new`: refuses with PreconditionFailed where the key has an object already, even one that is just being stored. An ETag:
   * where the key's object has another one
   * @returns its ETag
   * @throws {S3Error} PreconditionFailed, NoSuchKey, BadDigest, NoSuchBucket, and whatever the content throws
   */
  async put(
    { bucket, key }: { bucket: string; key: string },
    content: AsyncIterable<Buffer>,
    claimed: () => Checksums,
    condition?: PutCondition,
  ): Promise<string> {
    const upload = path.join(this.#uploads, randomUUID());
    const sums = new ContentSums();
    this.#require(condition, bucket, key);
    try {
      await pipeline(content, (chunks: AsyncIterable<Buffer>) => sums.through(chunks), createWriteStream(upload));
      sums.compare(claimed());
      this.requireBucket(bucket);
      this.#require(condition, bucket, key);
      const folders = this.#folders(bucket);
      renameSync(upload, findFile(folders, key) ?? makePlace(folders, key));
      return sums.etag();
    } finally {
      await rm(upload, { force: true });
    }
  }

  /** @throws {S3Error} NoSuchKey */
  async open(bucket: string, key: string): Promise<OpenObject> {
    const file = findFile(this.#folders(bucket), key);
    if (file === undefined) throw new S3Error('NoSuchKey', 'The specified key does not exist.');
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      return await openObject(handle, key);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Does nothing where the key has no object. */
  remove(bucket: string, key: string): void {
    const folders = this.#folders(bucket);
    for (let file = findFile(folders, key); file !== undefined; file = findFile(folders, key)) {
      rmSync(file);
      // S3 has no folders, so an empty one must not be in the way of a key.
      removeEmpty(path.dirname(file), folders);
    }
  }

  /** Every object whose key has the prefix, in the order of the key's UTF-8 bytes. */
  list(bucket: string, prefix: string): StoredObject[] {
    const { files, aside } = this.#folders(bucket);
    const start = prefix.includes('/') ? pathOf(files, prefix.slice(0, prefix.lastIndexOf('/'))) : files;
    const found = new Map<string, string>();
    for (const file of filesIn(aside)) {
      const key = keyAside(aside, file);
      if (key?.startsWith(prefix)) found.set(key, file);
    }
    for (const file of start === undefined ? [] : filesIn(start)) {
      const key = path.relative(files, file).replaceAll(path.sep, '/');
      if (key.startsWith(prefix)) found.set(key, file);
    }
    return [...found]
      .map(([key, file]) => ({ key, stats: lstatSync(file, { throwIfNoEntry: false }) }))
      .filter(({ stats }) => stats?.isFile())
      .map(({ key, stats }) => ({ key, bytes: stats!.size, modified: stats!.mtime }))
      .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  }

  #require(condition: PutCondition | undefined, bucket: string, key: string): void {
    if (condition === undefined) return;
    const file = findFile(this.#folders(bucket), key);
    if (condition === 'new' && file === undefined) return;
    if (condition !== 'new') {
      if (file === undefined) throw new S3Error('NoSuchKey', 'The specified key does not exist.');
      const digest = createHash('md5').update(readFileSync(file)).digest('hex');
      if (condition.etag === `"${digest}"`) return;
    }
    throw new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
  }

  #folders(bucket: string): BucketFolders {
    return { files: path.join(this.#folder, bucket), aside: path.join(this.#folder, '.keys', bucket) };
  }
}

async function openObject(handle: FileHandle, key: string): Promise<OpenObject> {
  const { size, mtime } = await handle.stat();
  const sums = new ContentSums();
  for await (const _ of sums.through(handle.createReadStream({ start: 0, autoClose: false })));
  return {
    key,
    bytes: size,
    modified: mtime,
    etag: sums.etag(),
    read: (range) => handle.createReadStream(range ?? { start: 0 }),
    close: () => handle.close(),
  };
}

/** Reads step by step, because Node's own recursive reading follows links to folders. */
function filesIn(folder: string): string[] {
  if (!isFolder(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(file);
    return entry.isFile() ? [file] : [];
  });
}

function removeEmpty(folder: string, { files, aside }: BucketFolders): void {
  if (folder === files || folder === aside) return;
  try {
    rmdirSync(folder);
  } catch {
    return; // the folder is not empty
  }
  removeEmpty(path.dirname(folder), { files, aside });
}
