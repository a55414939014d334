import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bodyOfJson, MAX_BODY_BYTES, type RawBody, readBody } from './body.ts';

const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64');
const asText = (body: string) => ({ body, isBase64Encoded: false });
const asBytes = (bytes: Uint8Array | string) => ({ body: base64(bytes), isBase64Encoded: true });
const gzipped = (bytes: Uint8Array | string) => ({ ...asBytes(gzipSync(bytes)), contentEncoding: 'gzip' });
const JSON_TEXT = '{"é": "👍"}';

test.each([
  ['text', asText(JSON_TEXT)],
  ['text in BASE64', asBytes(JSON_TEXT)],
  ['text with a byte order mark', asText(`\ufeff${JSON_TEXT}`)],
  ['text with one in BASE64', asBytes(`\ufeff${JSON_TEXT}`)],
  ['compressed text', gzipped(JSON_TEXT)],
  ['compressed text by another name', { ...gzipped(JSON_TEXT), contentEncoding: ' X-GZIP ' }],
  ['text that is not compressed', { ...asText(JSON_TEXT), contentEncoding: 'identity' }],
  ['text that the gateway has decompressed', { ...asText(JSON_TEXT), contentEncoding: 'gzip' }],
])('JSON is stored as JSON, as its text: %s', (_, raw) => {
  expect(readBody(raw)).toEqual({
    payload: { contentType: 'application/json', encoding: 'JSON', data: JSON_TEXT },
    json: { é: '👍' },
  });
});

const invalid = Buffer.from([0x22, 0xff, 0x22]);
const bomb = gzipSync(Buffer.alloc(100 * MAX_BODY_BYTES, ' '));
test.each<[string, RawBody, string]>([
  ['nothing', asText(''), 'INVALID_JSON'],
  ['a form', asText('question=Who&é'), 'INVALID_JSON'],
  ['bytes that are no UTF-8', asBytes(invalid), 'INVALID_JSON'],
  ['an overlong form of a character', asBytes(Buffer.from([0x22, 0xc0, 0xaf, 0x22])), 'INVALID_JSON'],
  ['half a character', asBytes(Buffer.from('"é"').subarray(0, 2)), 'INVALID_JSON'],
  ['UTF-16', asBytes(Buffer.from(`\ufeff${JSON_TEXT}`, 'utf16le')), 'INVALID_JSON'],
  ['no gzip', { ...asBytes('{}'), contentEncoding: 'gzip' }, 'INVALID_JSON'],
  ['gzip that is cut', { ...asBytes(gzipSync(JSON_TEXT).subarray(0, 15)), contentEncoding: 'gzip' }, 'INVALID_JSON'],
  ['gzip of bytes that are no UTF-8', gzipped(invalid), 'INVALID_JSON'],
  ['gzip of a hundred times as much as is allowed', { ...asBytes(bomb), contentEncoding: 'gzip' }, 'BODY_TOO_LARGE'],
  [
    'gzip that a gateway took for text',
    { ...asText('\u001f\ufffd\b'), contentEncoding: 'gzip' },
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  ['brotli', { ...asBytes('{}'), contentEncoding: 'br' }, 'UNSUPPORTED_MEDIA_TYPE'],
  ['twice compressed', { ...asBytes('{}'), contentEncoding: 'gzip, gzip' }, 'UNSUPPORTED_MEDIA_TYPE'],
  ['another charset', { ...asText('{}'), contentType: 'text/json; charset=latin1' }, 'UNSUPPORTED_MEDIA_TYPE'],
  ['too much text', asText(JSON.stringify('a'.repeat(MAX_BODY_BYTES))), 'BODY_TOO_LARGE'],
  ['too many bytes', asBytes(JSON.stringify('a'.repeat(MAX_BODY_BYTES))), 'BODY_TOO_LARGE'],
])('a body that is not JSON is stored as BASE64 of what came, and refused: %s', (_, raw, code) => {
  const read = readBody(raw);
  expect(read).toMatchObject({ payload: { encoding: 'BASE64' }, refusal: { code } });
  const came = Buffer.from(raw.body, raw.isBase64Encoded ? 'base64' : 'utf8');
  expect(Buffer.from(read.payload.data, 'base64').equals(came)).toBe(true);
});

test.each(['{}', '/w', 'a===', 'e30\n', '%%%%', '_w=='])(
  'a body that is declared BASE64 and is not is kept as the text that came: %j',
  (body) => {
    const { payload, ...rest } = readBody({ body, isBase64Encoded: true });
    expect(rest).toMatchObject({ refusal: { code: 'INVALID_JSON', message: expect.stringContaining('no BASE64') } });
    expect(Buffer.from(payload.data, 'base64').toString()).toBe(body);
  },
);

test('half of a surrogate pair becomes U+FFFD, which can be stored', () => {
  expect(readBody(asText('{"a":"\ud83d"}'))).toMatchObject({
    payload: { data: '{"a":"\ufffd"}' },
    json: { a: '\ufffd' },
  });
});

test('a content type of any length is kept as far as a record takes it', () => {
  const { payload } = readBody({ ...asText('{}'), contentType: `a/${'👍'.repeat(1000)}` });
  expect(payload.contentType).toHaveLength(256);
  expect(payload.contentType.isWellFormed()).toBe(true);
});

test('an absent event is captured as null', () => {
  expect(bodyOfJson(undefined)).toMatchObject({ payload: { encoding: 'JSON', data: 'null' } });
});

test('any body is stored with its true encoding, as valid UTF-8', () => {
  const headers = fc.record({
    contentType: fc.option(fc.oneof(fc.string(), fc.constantFrom('application/json; charset=utf-8', ';charset=x'))),
    contentEncoding: fc.option(fc.oneof(fc.string(), fc.constantFrom('gzip', 'br', 'identity'))),
  });
  const json = fc.json({ stringUnit: 'binary', maxDepth: 2 });
  const bodies = fc.oneof(
    fc.oneof(json, fc.string({ unit: 'binary' }), fc.string()).map(asText),
    fc.oneof(json, fc.string({ unit: 'binary' }), fc.uint8Array()).map(asBytes),
    json.map((text) => asBytes(gzipSync(text))),
    fc.base64String().map((body) => ({ body, isBase64Encoded: true })),
  );
  fc.assert(
    fc.property(bodies, headers, (raw, { contentType, contentEncoding }) => {
      const read = readBody({
        ...raw,
        contentType: contentType ?? undefined,
        contentEncoding: contentEncoding ?? undefined,
      });
      const { encoding, data } = read.payload;
      expect(data.isWellFormed()).toBe(true);
      if (encoding === 'JSON') expect('json' in read && read.json).toEqual(JSON.parse(data));
      else
        expect([encoding, data]).toEqual([
          'BASE64',
          expect.stringMatching(/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}[A-Za-z0-9+/=]=)?$/),
        ]);
      expect('json' in read).toBe(encoding === 'JSON');
    }),
    { numRuns: 1000 },
  );
});
