import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLines } from './lines.ts';

async function linesOf(pieces: readonly Buffer[]): Promise<string[]> {
  const lines: string[] = [];
  const stream = Readable.from(pieces, { objectMode: false });
  readLines(stream, (line) => lines.push(line));
  await finished(stream);
  return lines;
}

test('lines come out whole, however the stream is cut', async () => {
  const line = fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\n]/.test(text));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 9 }), async (lines, size) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      expect(await linesOf(pieces)).toEqual(lines);
    }),
  );
});

test('the last line needs no end, and a line without one comes in pieces of 256 Ki', async () => {
  expect(await linesOf([Buffer.from('a\r\nb')])).toEqual(['a', 'b']);
  const long = Array.from({ length: 9 }, () => Buffer.alloc(64 * 1024, 'x'));
  expect((await linesOf(long)).map(({ length }) => length)).toEqual([256 * 1024, 256 * 1024, 64 * 1024]);
});
