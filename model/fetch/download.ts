import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Progress } from '../../terminal/progress.ts';
import { FetchError, TransientError } from './fetch-error.ts';
import type { Content, Hub } from './hub.ts';
import { type RetryOptions, retrying } from './retry.ts';

export interface Download {
  repository: string;
  commit: string;
  file: string;
  /** The path of the file. The file appears there complete and verified, or not at all. */
  target: string;
  /** Most bytes of the file. A larger one is refused. */
  maxBytes: number;
}

/**
 * Fetches a file, unless it is there already. A download that breaks off leaves `{target}.partial`. The next attempt continues that file, and
 * so does the next run.
 *
 * @throws FetchError
 */
export async function download(hub: Hub, what: Download, progress: Progress, retry: RetryOptions): Promise<void> {
  if ((await sizeOf(what.target)) !== undefined) return;
  const partial = `${what.target}.partial`;
  await mkdir(path.dirname(partial), { recursive: true });
  await retrying(() => attempt(hub, what, partial, progress), retry);
  await rename(partial, what.target);
}

async function attempt(hub: Hub, what: Download, partial: string, progress: Progress): Promise<void> {
  const { repository, commit, file, maxBytes } = what;
  const had = (await sizeOf(partial)) ?? 0;
  const content = await hub.open(repository, commit, file, had).catch(async (error) => {
    // The partial file may be longer than the hub's: the next attempt starts from the first byte.
    if (had > 0) await rm(partial);
    throw had > 0 && !(error instanceof TransientError) ? new TransientError(error.message, { cause: error }) : error;
  });
  const { start, size } = content;
  const output = await open(partial, start > 0 ? 'a' : 'w');
  let done = start;
  progress.update(done, size);
  try {
    for await (const chunk of content.body) {
      done += chunk.length;
      if (start !== 0 && start !== had)
        throw new FetchError(`Expected ${file} from byte ${had} on, got it from byte ${start}`);
      if (Math.max(done, size ?? 0) > maxBytes)
        throw new FetchError(`Expected ${file} to have at most ${maxBytes} bytes, got more`);
      await output.writeFile(chunk);
      progress.update(done, size);
    }
  } finally {
    await output.close();
  }
  if (size !== undefined && done < size)
    throw new TransientError(`The download broke off: expected ${size} bytes of ${file}, got ${done}`);
  await verify(partial, done, content, what);
}

/**
 * Compares a download with the size and the digest that the hub named, and removes it where they differ.
 *
 * @throws TransientError where the file consists of parts of two downloads, which another attempt may mend; else FetchError
 */
async function verify(partial: string, size: number, content: Content, { file, repository }: Download): Promise<void> {
  const { digest, start } = content;
  if (content.size !== undefined && content.size !== size) {
    await rm(partial);
    throw new FetchError(
      `Expected ${content.size} bytes of ${file}, as the hub says, got ${size}: the download was removed`,
    );
  }
  if (digest === undefined) return;
  const hash = digest.algorithm === 'sha256' ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`);
  const got = await digestOfFile(partial, hash);
  if (got === digest.hex) return;
  await rm(partial);
  const message = `Expected ${file} of ${repository} to have the digest ${digest.hex}, as the hub says, got ${got}: the download was removed`;
  throw start > 0
    ? new TransientError(message)
    : new FetchError(`${message}. Try again, or name another mirror with HF_ENDPOINT.`);
}

/** The digest of a file, in hexadecimal. */
export async function digestOfFile(file: string, hash: Hash = createHash('sha256')): Promise<string> {
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function sizeOf(file: string): Promise<number | undefined> {
  const stats = await stat(file).catch(() => undefined);
  return stats?.size;
}
