import { expect, test } from 'vitest';
import { eventBody } from './event.ts';

const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64');

test.each([
  ['text', { body: '{"é": "👍"}' }, { encoding: 'JSON', data: '{"é": "👍"}' }],
  ['no body', { body: null }, { encoding: 'JSON', data: '' }],
  ['text in BASE64', { body: base64('{"é": 1}'), isBase64Encoded: true }, { encoding: 'JSON', data: '{"é": 1}' }],
  ['bytes', { body: '/w==', isBase64Encoded: true }, { encoding: 'BASE64', data: '/w==' }],
])('the body of an event with %s is kept as it came', (_, event, expected) => {
  expect(eventBody({ httpMethod: 'POST', headers: { 'CONTENT-Type': 'text/json' }, ...event })).toEqual({
    contentType: 'text/json',
    ...expected,
  });
});

test('a caller who names no content type is taken to send JSON', () => {
  expect(eventBody({ httpMethod: 'POST', headers: null, body: '{}' }).contentType).toBe('application/json');
});

test.each([[null], ['text'], [{}], [{ httpMethod: 'POST', body: 7 }], [{ httpMethod: 'POST', headers: [1] }]])(
  '%j is no REST event',
  (event) => {
    expect(() => eventBody(event)).toThrow(expect.objectContaining({ code: 'INVALID_EVENT' }));
  },
);
