import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, rmSync, type Stats } from 'node:fs';
import { link, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { S3Error } from './s3-error.ts';

export interface StoredObject {
  key: string;
  bytes: number;
  modified: Date;
}

/** What the sender says about a body, to be compared with what came. All in base64; each may be absent. */
export interface Checksums {
  md5?: string | undefined;
  crc32?: string | undefined;
}

/** Objects as plain files, `{folder}/{bucket}/{key}`. Bucket and key must have gone through `addressOf`. */
export class ObjectStore {
  readonly #folder: string;
  // No bucket may be called this, so that half an upload is never seen as an object.
  readonly #uploads: string;

  /** Creates the folder and the buckets. */
  constructor(folder: string, buckets: readonly string[]) {
    this.#folder = folder;
    this.#uploads = path.join(folder, '.uploads');
    rmSync(this.#uploads, { recursive: true, force: true });
    mkdirSync(this.#uploads, { recursive: true });
    for (const bucket of buckets) mkdirSync(path.join(folder, bucket), { recursive: true });
  }

  buckets(): string[] {
    return readdirSync(this.#folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort();
  }

  async createBucket(bucket: string): Promise<void> {
    if (existsSync(path.join(this.#folder, bucket))) {
      throw new S3Error('BucketAlreadyOwnedByYou', 'Your previous request to create the named bucket succeeded.');
    }
    await mkdir(path.join(this.#folder, bucket));
  }

  requireBucket(bucket: string): void {
    if (existsSync(path.join(this.#folder, bucket))) return;
    throw new S3Error('NoSuchBucket', `The specified bucket does not exist: ${bucket}`);
  }

  /**
   * Stores an object, which appears whole or not at all.
   *
   * @param claimed read when all of the content has come, as checksums may come behind it
   * @param onlyNew PreconditionFailed where the key has an object already, even one that is being stored at this moment
   * @returns its ETag
   * @throws {S3Error} PreconditionFailed, BadDigest, and whatever the content throws
   */
  async put(
    { bucket, key }: { bucket: string; key: string },
    content: AsyncIterable<Buffer>,
    claimed: () => Checksums,
    onlyNew: boolean,
  ): Promise<string> {
    const file = this.#file(bucket, key);
    if (onlyNew && existsSync(file)) throw preconditionFailed();
    const upload = path.join(this.#uploads, randomUUID());
    const sum = { md5: createHash('md5'), crc32: 0 };
    try {
      await pipeline(content, (chunks: AsyncIterable<Buffer>) => summed(chunks, sum), createWriteStream(upload));
      const md5 = sum.md5.digest();
      compare(claimed().md5, md5);
      compare(claimed().crc32, uint32(sum.crc32));
      await mkdir(path.dirname(file), { recursive: true });
      if (onlyNew) await link(upload, file);
      else await rename(upload, file);
      return `"${md5.toString('hex')}"`;
    } catch (error) {
      throw storeError(error);
    } finally {
      await rm(upload, { force: true });
    }
  }

  /** @throws {S3Error} NoSuchKey */
  async head(bucket: string, key: string): Promise<StoredObject & { etag: string }> {
    const { size, mtime } = await this.#stat(bucket, key);
    const md5 = createHash('md5');
    for await (const chunk of this.read(bucket, key)) md5.update(chunk);
    return { key, bytes: size, modified: mtime, etag: `"${md5.digest('hex')}"` };
  }

  read(bucket: string, key: string, range?: { start: number; end: number }): Readable {
    return createReadStream(this.#file(bucket, key), range);
  }

  async remove(bucket: string, key: string): Promise<void> {
    await rm(this.#file(bucket, key), { force: true });
  }

  /** Every object whose key begins so, in the order of its key's UTF-8 bytes. */
  async list(bucket: string, prefix: string): Promise<StoredObject[]> {
    const root = path.join(this.#folder, bucket);
    const folder = path.join(root, prefix.slice(0, prefix.lastIndexOf('/') + 1));
    if (!folder.startsWith(root) || !existsSync(folder)) return [];
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const keys = files
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
      .filter((key) => key.startsWith(prefix))
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const objects = await Promise.all(
      keys.map(async (key) => {
        const { size, mtime } = await this.#stat(bucket, key);
        return { key, bytes: size, modified: mtime };
      }),
    );
    return objects;
  }

  async #stat(bucket: string, key: string): Promise<Stats> {
    const found = await stat(this.#file(bucket, key)).catch(() => undefined);
    if (!found?.isFile()) throw new S3Error('NoSuchKey', 'The specified key does not exist.');
    return found;
  }

  #file(bucket: string, key: string): string {
    return path.join(this.#folder, bucket, key);
  }
}

async function* summed(chunks: AsyncIterable<Buffer>, sum: { md5: ReturnType<typeof createHash>; crc32: number }) {
  for await (const chunk of chunks) {
    sum.md5.update(chunk);
    sum.crc32 = crc32(chunk, sum.crc32);
    yield chunk;
  }
}

function compare(claimed: string | undefined, actual: Buffer): void {
  if (claimed === undefined || claimed === actual.toString('base64')) return;
  throw new S3Error(
    'BadDigest',
    `The checksum you specified did not match: expected ${claimed}, got ${actual.toString('base64')}`,
  );
}

function uint32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

function storeError(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST' && (error as NodeJS.ErrnoException).syscall === 'link') return preconditionFailed();
  if (code === 'ENOTDIR' || code === 'EISDIR' || code === 'EEXIST') {
    return new S3Error(
      'InvalidRequest',
      'Objects are files here: a key cannot be both an object and a folder of others.',
    );
  }
  return error;
}

function preconditionFailed(): S3Error {
  return new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
}
