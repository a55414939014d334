import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ContentTypes, payloadOf } from './payload.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

test.each<[string, unknown, [contentType: string, encoding: string, data: string]]>([
  ['text that is JSON', '{"a":1}', ['application/json', 'JSON', '{"a":1}']],
  ['text that is none', 'a,b', ['text/plain', 'CSV', 'a,b']],
  ['no text', '', ['text/plain', 'CSV', '']],
  ['a value', { a: [1, null] }, ['application/json', 'JSON', '{"a":[1,null]}']],
  ['nothing', undefined, ['application/json', 'JSON', 'null']],
  ['a list, which is one value', [1, 2], ['application/json', 'JSON', '[1,2]']],
  ['bytes', bytes(0, 255), ['application/octet-stream', 'BASE64', 'AP8=']],
  ['a part of a buffer', Buffer.from('xyz').subarray(1, 2), ['application/octet-stream', 'BASE64', 'eQ==']],
  ['text with its type', { contentType: 'text/csv', data: '1,2' }, ['text/csv', 'CSV', '1,2']],
  ['bytes with a type of text', { contentType: 'text/csv', data: bytes(49) }, ['text/csv', 'CSV', '1']],
  ['a value with a type', { contentType: 'application/x+json', data: [1] }, ['application/x+json', 'JSON', '[1]']],
  [
    'a type with parameters, in any case',
    { contentType: 'Application/JSON; charset=utf-8', data: '1' },
    ['Application/JSON; charset=utf-8', 'JSON', '1'],
  ],
  ['a type of neither', { contentType: 'image/png', data: bytes(137) }, ['image/png', 'BASE64', 'iQ==']],
  [
    'text that is not the JSON it says',
    { contentType: 'application/json', data: '{' },
    ['application/json', 'BASE64', 'ew=='],
  ],
  ['bytes that are not UTF-8', { contentType: 'text/csv', data: bytes(255) }, ['text/csv', 'BASE64', '/w==']],
  [
    'an object that only looks like it',
    { contentType: 'text/csv', data: 1, x: 0 },
    ['application/json', 'JSON', '{"contentType":"text/csv","data":1,"x":0}'],
  ],
])('%s', (_, content, [contentType, encoding, data]) => {
  expect(payloadOf(content, {})).toEqual({ contentType, encoding, data });
});

describe('lists of content types, as captureContentTypeHeader of SageMaker has them', () => {
  test.each<[ContentTypes, string, string]>([
    [{ csvContentTypes: ['application/x-table'] }, 'application/x-table; v=1', 'CSV'],
    [{ csvContentTypes: ['application/x-table'] }, 'text/csv', 'BASE64'],
    [{ csvContentTypes: ['application/x-table'] }, 'application/json', 'JSON'],
    [{ jsonContentTypes: ['Text/JSON'] }, 'text/json', 'JSON'],
    [{ jsonContentTypes: ['text/json'] }, 'application/json', 'BASE64'],
    [{ jsonContentTypes: [], csvContentTypes: [] }, 'text/plain', 'BASE64'],
  ])('%j: %s is %s', (types, contentType, encoding) => {
    expect(payloadOf({ contentType, data: '[1]' }, types).encoding).toBe(encoding);
  });
});

test('every byte can be had again, whatever the type says', () => {
  const types = fc.constantFrom('application/json', 'text/csv', 'image/png', '', 'application/vnd.x+json');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((json) => Buffer.from(json)),
      ),
      types,
      (data, contentType) => {
        const payload = payloadOf({ contentType, data }, {});
        const back = Buffer.from(payload.data, payload.encoding === 'BASE64' ? 'base64' : 'utf8');
        expect(Buffer.compare(back, data)).toBe(0);
        if (payload.encoding === 'JSON') JSON.parse(payload.data);
      },
    ),
  );
});

const CYCLE: unknown[] = [];
CYCLE.push(CYCLE);

test.each<[string, unknown]>([
  ['a BigInt', 1n],
  ['a function', () => 1],
  ['a cycle', CYCLE],
])('%s has no JSON', (_, content) => {
  expect(() => payloadOf(content, {})).toThrow(TypeError);
});
