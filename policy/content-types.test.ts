import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Payload } from '../capture/record.ts';
import { compileContentTypes } from './content-types.ts';

const { read, write } = compileContentTypes({
  json: ['application/json', 'application/*+json', '*/x-json'],
  csv: ['text/csv', 'text/x-*'],
});
const payload = (contentType: string, encoding: Payload['encoding'], data: string): Payload => ({
  contentType,
  encoding,
  data,
});
const base64 = (text: string | Buffer) => Buffer.from(text as string).toString('base64');

test.each([
  ['application/json', 'JSON'],
  ['Application/JSON; charset=utf-8', 'JSON'],
  ['application/vnd.api+json', 'JSON'],
  ['application/+json', 'JSON'],
  ['text/x-json', 'JSON'],
  ['text/csv', 'CSV'],
  ['text/x-log', 'CSV'],
  ['text/plain', 'BASE64'],
  ['application/jsonl', 'BASE64'],
  ['application/a/b+json', 'BASE64'],
  ['text', 'BASE64'],
  ['', 'BASE64'],
])('a payload of the type %j is stored as %s', (contentType, encoding) => {
  for (const came of [payload(contentType, 'BASE64', base64('{"ä": 1}')), payload(contentType, 'JSON', '{"ä": 1}')]) {
    const data = encoding === 'BASE64' ? base64('{"ä": 1}') : '{"ä": 1}';
    expect(write(read(came))).toEqual({ contentType, encoding, data });
  }
});

test('text of a type that is not listed is text until it is written, so that it can be searched', () => {
  const came = payload('text/plain', 'CSV', 'me@example.org');
  expect(read(came)).toBe(came);
});

test.each([
  ['is no UTF-8', base64(Buffer.from([0xff, 0xfe, 0x00]))],
  ['is no BASE64', '{"a": 1}'],
  ['is BASE64 that is written otherwise', 'e30'],
])('BASE64 of a listed type that %s stays as it is', (_, data) => {
  const came = payload('application/json', 'BASE64', data);
  expect(write(read(came))).toEqual(came);
});

test('what becomes text is the same bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(read(payload('text/csv', 'BASE64', base64(`\ufeff${text}`))).data).toBe(`\ufeff${text}`);
    }),
  );
});

test('without lists nothing changes', () => {
  const { read, write } = compileContentTypes(undefined);
  for (const encoding of ['JSON', 'CSV', 'BASE64'] as const) {
    const came = payload('a/b', encoding, 'e30=');
    expect(write(read(came))).toBe(came);
  }
});
