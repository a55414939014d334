import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Payload } from '../../capture/record.ts';
import { applyCap } from './caps.ts';
import { beginningOf } from './cut.ts';

const text = (data: string): Payload => ({ contentType: 'text/plain', encoding: 'CSV', data });
const base64 = (data: string): Payload => ({ contentType: 'image/png', encoding: 'BASE64', data });
const cut = (bytes: number) => ({ bytes, beyond: 'cut' as const });
const object = (bytes: number) => ({ bytes, beyond: 'object' as const });
const sha256 = (data: string) => createHash('sha256').update(data).digest('hex');

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('a', 'ä', '漢', '😀', '👩‍👩‍👧‍👦', '🇩🇪', 'é', '\r\n', '[email]', '[card:0123abcd]'))
    .map((parts) => parts.join('')),
);

describe('a payload that is cut', () => {
  test.each([
    ['abcdef', 3, 'abc'],
    ['aäöü', 4, 'aä'],
    ['a漢字', 6, 'a漢'],
    ['a😀b', 4, 'a'],
    ['a😀b', 5, 'a😀'],
    ['ae\u0301b', 2, 'a'],
    ['ae\u0301b', 4, 'ae\u0301'],
    ['👩‍👩‍👧‍👦!', 24, ''],
    ['🇩🇪🇫🇷', 12, '🇩🇪'],
    ['a\r\nb', 2, 'a'],
    ['from [email] on', 9, 'from '],
    ['from [email] on', 12, 'from [email]'],
    ['[card:0123abcd] x', 14, ''],
    ['list[0] and more', 5, 'list'],
    ['[Berlin] is a town', 4, '[Ber'],
    ['', 0, ''],
    ['abc', 0, ''],
  ])('%j at %d bytes is %j', (data, bytes, expected) => {
    expect(applyCap(text(data), cut(bytes)).payload.data).toBe(expected);
  });

  test('has its bytes and its digest beside it', () => {
    const { payload, truncation, apart } = applyCap(text('äbc'), cut(2));
    expect(payload).toEqual(text('ä'));
    expect(truncation).toEqual({ bytes: 4, sha256: sha256('äbc') });
    expect(apart).toBeUndefined();
  });

  test('is a beginning of what came, within the limit, whole characters, and as long as these allow', () => {
    fc.assert(
      fc.property(anyText, fc.nat({ max: 200 }), (data, bytes) => {
        const beginning = beginningOf(data, bytes);
        expect(data.startsWith(beginning)).toBe(true);
        expect(Buffer.byteLength(beginning)).toBeLessThanOrEqual(bytes);
        const ends = [
          0,
          ...Array.from(new Intl.Segmenter().segment(data), ({ index, segment }) => index + segment.length),
        ];
        expect(ends).toContain(beginning.length);
        if (data.includes('[')) return;
        const longer = ends.find((end) => end > beginning.length);
        if (longer !== undefined) expect(Buffer.byteLength(data.slice(0, longer))).toBeGreaterThan(bytes);
      }),
    );
  });

  test('never ends within a replacement', () => {
    fc.assert(
      fc.property(anyText, fc.nat({ max: 200 }), (data, bytes) => {
        expect(beginningOf(data, bytes).replaceAll(/\[(email|card:0123abcd)\]/g, '')).not.toMatch(
          /\[(email|card)[^\]]*$/,
        );
      }),
    );
  });

  test('is cut within a character only if that is longer than anybody’s', () => {
    expect(beginningOf(`a${'\u0301'.repeat(1000)}`, 1001)).toBe(`a${'\u0301'.repeat(500)}`);
  });
});

test('BASE64 that is cut decodes to a beginning', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat({ max: 80 }), (bytes, limit) => {
      const whole = Buffer.from(bytes);
      const { payload } = applyCap(base64(whole.toString('base64')), cut(limit));
      const decoded = Buffer.from(payload.data, 'base64');
      expect(decoded.toString('base64')).toBe(payload.data);
      expect(whole.subarray(0, decoded.length).equals(decoded)).toBe(true);
      expect(payload.data.length).toBeLessThanOrEqual(limit);
    }),
  );
});

test('a payload within its limit, and one without a limit, stay as they are', () => {
  for (const cap of [cut(6), object(6), undefined]) {
    const payload = text('äöü');
    expect(applyCap(payload, cap)).toEqual({ payload });
    expect(applyCap(payload, cap).payload).toBe(payload);
  }
});

test('a payload that goes to an object of its own is whole there, and begins in the line', () => {
  const payload = text('x'.repeat(5000));
  const capped = applyCap(payload, object(4000));
  expect(capped.apart).toBe(payload);
  expect(capped.payload.data).toBe('x'.repeat(1024));
  expect(capped.truncation).toEqual({ bytes: 5000, sha256: sha256(payload.data) });
  expect(applyCap(payload, object(10)).payload.data).toBe('x'.repeat(10));
});
