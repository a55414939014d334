import type http from 'node:http';
import { MAX_BODY_BYTES } from '../../capture/wire.ts';

/** The sender of a request has gone. */
export const ABORTED = new Error('the request was broken off');

/** The most memory that a body may take: its length, or the limit where it comes in chunks. */
export function bytesOf(request: http.IncomingMessage): number {
  return Math.min(Number(request.headers['content-length'] ?? MAX_BODY_BYTES), MAX_BODY_BYTES);
}

/**
 * The body, or undefined when it is larger than the wire allows; the rest of it is then not read.
 *
 * @throws ABORTED
 */
export function readBody(request: http.IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    if (request.destroyed) return reject(ABORTED); // the sender has gone while the request waited
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_BODY_BYTES) chunks.push(chunk);
      else {
        chunks.length = 0;
        resolve(undefined);
      }
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => reject(ABORTED));
  });
}
