import { S3Error } from './s3-error.ts';

/** What a path-style URL names. */
export interface Address {
  bucket?: string;
  key?: string;
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const MAX_KEY_BYTES = 1024;

/**
 * The bucket and the key of `/bucket/key`, percent-decoded. A key is any text: it may hold `//` or a NUL, and end in `/`.
 *
 * @throws {S3Error} for what no bucket is called, and for the keys that S3 refuses: above all one that climbs out of its bucket with `..`
 */
export function addressOf(path: string): Address {
  const [, bucket = '', ...parts] = decoded(path).split('/');
  if (bucket === '') return {};
  if (!BUCKET.test(bucket)) throw new S3Error('InvalidBucketName', `The specified bucket is not valid: ${bucket}`);
  const key = parts.join('/');
  if (key === '') return { bucket };
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new S3Error('KeyTooLongError', 'Your key is too long');
  if (climbsOut(parts)) throw new S3Error('InvalidURI', `Expected a key that stays in its bucket, got '${key}'`);
  return { bucket, key };
}

/** S3's rule: read from the left, there are never more `..` than parts before them that are something else. */
function climbsOut(parts: readonly string[]): boolean {
  let depth = 0;
  return parts.some((part) => {
    if (part === '..') depth -= 1;
    else if (part !== '.' && part !== '') depth += 1;
    return depth < 0;
  });
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new S3Error('InvalidURI', "Couldn't parse the specified URI.");
  }
}
