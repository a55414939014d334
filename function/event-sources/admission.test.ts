import { expect, test } from 'vitest';
import { admit } from './admission.ts';
import { MAX_BODY_BYTES } from './body.ts';
import { readEvent } from './event.ts';

const REQUEST = { question: 'Who?', context: 'Anna.' };
const incoming = (event: object) =>
  readEvent({ httpMethod: 'POST', headers: {}, body: JSON.stringify(REQUEST), ...event });
const taken = (event: object) => admit(incoming(event), '{"question": "..."}');

test.each([
  undefined,
  '',
  'application/json',
  'Application/JSON; charset=utf-8',
  'application/vnd.api+json',
  'application/x-www-form-urlencoded',
  'application/json;charset="UTF-8"',
  'application/json ; boundary=x; Charset = utf8',
  `application/json${' '.repeat(100_000)}`,
])('the content type %.60j is taken', (type) => {
  expect(taken({ headers: type === undefined ? null : { 'Content-Type': type } })).toEqual(REQUEST);
});

test.each(['text/plain', 'multipart/form-data; boundary=x', 'application/jsonl', 'json', '+json', 'a/b/c+json'])(
  'the content type %j is not',
  (type) => {
    expect(() => taken({ headers: { 'content-type': type } })).toThrow(
      expect.objectContaining({
        code: 'UNSUPPORTED_MEDIA_TYPE',
        message: expect.stringContaining(type.split(';')[0]!),
      }),
    );
  },
);

test.each([
  ['application/json; charset=iso-8859-1', {}, 'Expected the charset utf-8, got iso-8859-1'],
  ['application/json; charset=utf-16', { isBase64Encoded: true, body: '/w==' }, 'got utf-16'],
  ['application/json; charset=', {}, 'Expected the charset utf-8'],
])('a body in another charset is refused, not misread: %s', (type, event, message) => {
  expect(() => taken({ headers: { 'content-type': type }, ...event })).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED_MEDIA_TYPE', message: expect.stringContaining(message) }),
  );
});

test.each(['GET', 'post', 'OPTIONS', ''])('the method %j is not allowed', (httpMethod) => {
  expect(() => taken({ httpMethod })).toThrow(expect.objectContaining({ code: 'METHOD_NOT_ALLOWED' }));
});

test.each([
  ['as text', (body: string) => ({ body })],
  ['in BASE64', (body: string) => ({ body: Buffer.from(body).toString('base64'), isBase64Encoded: true })],
])('a body may have MAX_BODY_BYTES bytes of UTF-8 and no more: %s', (_, event) => {
  const [start, end] = ['{"é":"', '"}'];
  const filled = (bytes: number) => start + 'a'.repeat(bytes - Buffer.byteLength(start + end)) + end;
  expect(taken(event(filled(MAX_BODY_BYTES)))).toHaveProperty('é');
  expect(() => taken(event(filled(MAX_BODY_BYTES + 1)))).toThrow(
    expect.objectContaining({ code: 'BODY_TOO_LARGE', message: expect.stringContaining(String(MAX_BODY_BYTES + 1)) }),
  );
});

test.each([
  ['', 'got no JSON'],
  ['question=Who', 'got no JSON'],
  ['{"question": "Who', 'got no JSON'],
  ['[]', 'got other JSON'],
  ['null', 'got other JSON'],
  ['"text"', 'got other JSON'],
])('%s is no JSON object', (body, message) => {
  expect(() => taken({ body })).toThrow(
    expect.objectContaining({ code: 'INVALID_JSON', message: expect.stringContaining(message) }),
  );
});

test('bytes that are not UTF-8 are refused as JSON', () => {
  expect(() => taken({ body: '/w==', isBase64Encoded: true })).toThrow('got bytes that are no UTF-8');
});
