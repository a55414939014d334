import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { S3Error } from './s3-error.ts';

/** What the sender says about a body, to be compared with what came. All in base64; each may be absent. */
export interface Checksums {
  md5?: string | undefined;
  crc32?: string | undefined;
}

/** The checksums of the content that goes through it. */
export class ContentSums {
  readonly #md5 = createHash('md5');
  #digest: Buffer | undefined;
  #crc32 = 0;

  async *through(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.#md5.update(chunk);
      this.#crc32 = crc32(chunk, this.#crc32);
      yield chunk;
    }
  }

  /** @throws {S3Error} BadDigest */
  compare({ md5, crc32 }: Checksums): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.#crc32);
    same(md5, this.#md5Digest());
    same(crc32, bytes);
  }

  /** S3's, of an object that came in one piece. */
  etag(): string {
    return `"${this.#md5Digest().toString('hex')}"`;
  }

  #md5Digest(): Buffer {
    this.#digest ??= this.#md5.digest();
    return this.#digest;
  }
}

function same(claimed: string | undefined, actual: Buffer): void {
  if (claimed === undefined || claimed === actual.toString('base64')) return;
  throw new S3Error(
    'BadDigest',
    `The checksum you specified did not match: expected ${claimed}, got ${actual.toString('base64')}`,
  );
}
