import fc from 'fast-check';
import { expect, test } from 'vitest';
import { awsChunks } from './aws-chunked.ts';

async function decode(body: Buffer, pieceBytes: number) {
  const trailers: Record<string, string> = {};
  async function* pieces() {
    for (let at = 0; at < body.length; at += pieceBytes) yield body.subarray(at, at + pieceBytes);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of awsChunks(pieces(), (name, value) => Object.assign(trailers, { [name]: value })))
    chunks.push(chunk);
  return { content: Buffer.concat(chunks), trailers };
}

function encode(chunks: readonly Uint8Array[], signed: boolean): Buffer {
  const extension = signed ? `;chunk-signature=${'0'.repeat(64)}` : '';
  const encoded = chunks.map((chunk) =>
    Buffer.concat([Buffer.from(`${chunk.length.toString(16)}${extension}\r\n`), chunk, Buffer.from('\r\n')]),
  );
  return Buffer.concat([...encoded, Buffer.from(`0${extension}\r\nx-amz-checksum-crc32:AAAA==\r\n\r\n`)]);
}

test('any content comes out as it went in, however it is cut', async () => {
  const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(chunks, fc.boolean(), fc.integer({ min: 1, max: 50 }), async (content, signed, pieceBytes) => {
      expect(await decode(encode(content, signed), pieceBytes)).toEqual({
        content: Buffer.concat(content),
        trailers: { 'x-amz-checksum-crc32': 'AAAA==' },
      });
    }),
  );
});

test.each(['', '5\r\nhel', 'zz\r\n', '1\r\nhello', '5\r\nhello\r\n', 'x'.repeat(20_000)])(
  '%j is incomplete',
  async (text) => {
    await expect(decode(Buffer.from(text), 7)).rejects.toMatchObject({ code: 'IncompleteBody' });
  },
);
