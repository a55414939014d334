import { S3Error } from './s3-error.ts';

const MAX_LINE_BYTES = 16 * 1024;

/**
 * The content of a body in AWS's own chunked encoding: `SIZE[;chunk-signature=...]\r\nDATA\r\n ... 0\r\n[trailers]\r\n`.
 * Signatures are not checked.
 *
 * @param onTrailer called for every trailer, its name in lower case, before the stream ends
 * @throws {S3Error} IncompleteBody
 */
export async function* awsChunks(
  body: AsyncIterable<Buffer>,
  onTrailer: (name: string, value: string) => void,
): AsyncGenerator<Buffer> {
  let state: 'size' | 'data' | 'data-end' | 'trailers' = 'size';
  let line = '';
  let left = 0;
  for await (const piece of body) {
    for (let at = 0; at < piece.length; ) {
      if (state === 'data') {
        const data = piece.subarray(at, at + left);
        at += data.length;
        left -= data.length;
        if (left === 0) state = 'data-end';
        yield data;
        continue;
      }
      const end = piece.indexOf(0x0a, at);
      line += piece.toString('latin1', at, end < 0 ? piece.length : end);
      if (line.length > MAX_LINE_BYTES) throw incomplete();
      if (end < 0) break;
      at = end + 1;
      const text = line.trim();
      line = '';
      if (state === 'data-end') {
        if (text !== '') throw incomplete();
        state = 'size';
      } else if (state === 'size') {
        const [size = ''] = text.split(';');
        if (!/^[0-9a-f]{1,12}$/i.test(size)) throw incomplete();
        left = Number.parseInt(size, 16);
        state = left === 0 ? 'trailers' : 'data';
      } else if (text !== '') {
        const colon = text.indexOf(':');
        onTrailer(text.slice(0, colon).toLowerCase(), text.slice(colon + 1).trim());
      }
    }
  }
  if (state !== 'trailers') throw incomplete();
}

function incomplete(): S3Error {
  return new S3Error('IncompleteBody', 'The aws-chunked body ends too early, or is none.');
}
