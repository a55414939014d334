import { expect, test } from 'vitest';
import { restResponse } from './response.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const answer = (value: unknown) => restResponse(Buffer.from(JSON.stringify(value)));

const accepted: [what: string, answered: unknown, response: object][] = [
  ['nothing but a body', { body: 'hi' }, { statusCode: 200, headers: JSON_TYPE, body: 'hi' }],
  ['nothing at all', {}, { statusCode: 200, headers: JSON_TYPE, body: '' }],
  ['a status in a string', { statusCode: '404', body: '' }, { statusCode: 404, headers: JSON_TYPE, body: '' }],
  [
    'nulls',
    { statusCode: 204, headers: null, multiValueHeaders: null, body: null },
    { statusCode: 204, headers: JSON_TYPE, body: '' },
  ],
  [
    'a content type in any case',
    { headers: { 'content-type': 'text/plain' } },
    { statusCode: 200, headers: { 'Content-Type': 'text/plain' }, body: '' },
  ],
  [
    'numbers and booleans in headers',
    { headers: { 'X-N': 1, 'X-B': true } },
    { statusCode: 200, headers: { ...JSON_TYPE, 'X-N': '1', 'X-B': 'true' }, body: '' },
  ],
  [
    'a header in both, where the list wins',
    { headers: { 'X-A': 'one' }, multiValueHeaders: { 'x-a': ['two', 'three'] } },
    { statusCode: 200, headers: { ...JSON_TYPE, 'x-a': ['two', 'three'] }, body: '' },
  ],
  [
    'headers of the connection',
    { headers: { 'Content-Length': '99', Connection: 'close' }, body: 'hi' },
    { statusCode: 200, headers: JSON_TYPE, body: 'hi' },
  ],
  [
    'base64, which only a binary media type decodes',
    { body: 'aGk=', isBase64Encoded: true },
    { statusCode: 200, headers: JSON_TYPE, body: 'aGk=' },
  ],
];
test.each(accepted)('%s is sent on', (_what, answered, response) => {
  expect(answer(answered)).toEqual({ response });
});

const malformed: [what: string, answered: unknown, says: string][] = [
  ['an extra key', { statusCode: 200, body: '', extra: 1 }, 'extra'],
  ['a body that is an object', { statusCode: 200, body: {} }, 'body'],
  ['a status that is no number', { statusCode: 'ok' }, 'statusCode'],
  ['a status out of range', { statusCode: 99 }, 'statusCode'],
  ['a broken status', { statusCode: 200.5 }, 'statusCode'],
  ['a header that is an object', { headers: { a: {} } }, 'headers'],
  ['a multi-value header that is no list', { multiValueHeaders: { a: 'b' } }, 'multiValueHeaders'],
  ['a header that would split the response', { headers: { a: 'b\r\nc: d' } }, 'Invalid character'],
  ['a string', 'hi', 'the answer'],
  ['null', null, 'the answer'],
  ['a list', [], 'the answer'],
];
test.each(malformed)('%s is a 502', (_what, answered, says) => {
  const { response, malformed } = answer(answered);
  expect(response).toMatchObject({ statusCode: 502, body: '{"message":"Internal server error"}' });
  expect(malformed).toContain(says);
});

test('what is not JSON is a 502', () => {
  expect(restResponse(Buffer.from('{'))).toMatchObject({ response: { statusCode: 502 }, malformed: 'it is not JSON' });
});
