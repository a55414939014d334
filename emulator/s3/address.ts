import { S3Error } from './s3-error.ts';

/** What a path-style URL names. */
export interface Address {
  bucket?: string;
  key?: string;
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/**
 * The bucket and the key of `/bucket/key`, percent-decoded.
 *
 * @throws {S3Error} for a key that could not be a file in the bucket's folder, above all one that would lead out of it
 */
export function addressOf(path: string): Address {
  const [, bucket = '', ...rest] = decoded(path).split('/');
  if (bucket === '') return {};
  if (!BUCKET.test(bucket)) throw new S3Error('InvalidBucketName', `The specified bucket is not valid: ${bucket}`);
  const key = rest.join('/');
  if (key === '') return { bucket };
  if (Buffer.byteLength(key) > 1024) throw new S3Error('KeyTooLongError', 'Your key is too long');
  for (const part of rest) {
    if (part === '' || part === '.' || part === '..' || part.includes('\0')) {
      throw new S3Error('InvalidURI', `Expected a key that can be a file's path, got '${key}'`);
    }
    if (Buffer.byteLength(part) > 255) {
      throw new S3Error('KeyTooLongError', 'Objects are files here: a part of a key has at most 255 bytes');
    }
  }
  return { bucket, key };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new S3Error('InvalidURI', "Couldn't parse the specified URI.");
  }
}
