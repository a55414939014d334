import fs from 'node:fs';
import { MAX_POLICY_BYTES } from '../../policy/policy.ts';
import { PolicyFault } from './policy-failure.ts';

/** The text of a document, which must be UTF-8. A byte order mark is no part of it. @throws PolicyFault */
export function textOf(bytes: Uint8Array): string {
  if (bytes.length > MAX_POLICY_BYTES) throw tooLong();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new PolicyFault('Expected a policy in UTF-8, got other bytes', { wrong: true, remedy: 'save it as UTF-8' });
  }
}

/** A body of at most MAX_POLICY_BYTES. @throws PolicyFault where it is longer; whatever the body throws */
export async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_POLICY_BYTES) throw tooLong();
  }
  return Buffer.concat(chunks);
}

/**
 * The text of CAPTURE_POLICY_FILE. It is read at once and never again. What is no file is not waited for.
 *
 * @throws PolicyFault
 */
export function readPolicyFile(file: string): string {
  let fd: number | undefined;
  try {
    fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK); // else a pipe without a writer would hang
    const stat = fs.fstatSync(fd);
    if (!stat.isFile()) throw new Error('it is no file');
    if (stat.size > MAX_POLICY_BYTES) throw tooLong();
    const bytes = Buffer.alloc(MAX_POLICY_BYTES + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = fs.readSync(fd, bytes, length, bytes.length - length, null);
    }
    return textOf(bytes.subarray(0, length));
  } catch (error) {
    if (error instanceof PolicyFault) throw error;
    throw new PolicyFault(`Expected a policy in ${file}: ${(error as Error).message}`, {
      wrong: true,
      remedy: 'let CAPTURE_POLICY_FILE name a file that the extension can read',
    });
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}

function tooLong(): PolicyFault {
  return new PolicyFault(`Expected a policy of at most ${MAX_POLICY_BYTES} bytes, got more`, {
    wrong: true,
    remedy: 'make it shorter',
  });
}
