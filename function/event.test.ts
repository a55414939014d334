import { expect, test } from 'vitest';
import { MAX_BODY_BYTES, readEvent } from './event.ts';

const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64');
const rest = (event: object) => ({ httpMethod: 'POST', headers: null, ...event });
const http = (event: object) => ({ version: '2.0', requestContext: { http: { method: 'POST' } }, ...event });

const BODIES: [string, object, object][] = [
  ['text', { body: '{"é": "👍"}' }, { encoding: 'JSON', data: '{"é": "👍"}' }],
  ['no body', { body: undefined }, { encoding: 'JSON', data: '' }],
  ['text in BASE64', { body: base64('{"é": 1}'), isBase64Encoded: true }, { encoding: 'JSON', data: '{"é": 1}' }],
  ['bytes', { body: '/w==', isBase64Encoded: true }, { encoding: 'BASE64', data: '/w==' }],
];
test.each(BODIES)('the body of an event with %s is kept as it came', (_, event, expected) => {
  for (const door of [rest, http]) {
    const headers = { 'CONTENT-Type': 'text/json' };
    expect(readEvent(door({ headers, ...event }))).toMatchObject({
      door: 'proxy',
      method: 'POST',
      body: { contentType: 'text/json', ...expected },
    });
  }
});

test('BASE64 of more than a body may have is not even decoded', () => {
  const body = base64('a'.repeat(MAX_BODY_BYTES + 10));
  expect(readEvent(rest({ body, isBase64Encoded: true })).body).toMatchObject({ encoding: 'BASE64', data: body });
});

test('headers are found whatever their case', () => {
  expect(readEvent(rest({ headers: { 'X-Inference-ID': 'a' } })).headers.get('x-inference-id')).toBe('a');
});

test('a caller who names no content type is taken to send JSON', () => {
  expect(readEvent(rest({ body: '{}' })).body.contentType).toBe('application/json');
});

test.each([[{ question: 'Who?' }], [{ version: '2.0' }], [{}], [[1]], [null], ['text'], [7]])(
  '%j comes from a direct invocation',
  (event) => {
    expect(readEvent(event)).toEqual({
      door: 'direct',
      method: 'POST',
      headers: new Map(),
      body: { contentType: 'application/json', encoding: 'JSON', data: JSON.stringify(event) },
    });
  },
);

test.each([
  [{ httpMethod: 'POST', body: 7 }, 'got httpMethod: a string of 4 characters, body: 7'],
  [{ httpMethod: 'POST', headers: [1] }, 'headers: a list of 1'],
  [{ version: '1.9', requestContext: { http: { method: 'POST' } }, body: '{}' }, 'requestContext: an object'],
  [{ version: '2.0', requestContext: {}, rawPath: '/' }, 'rawPath'],
  [{ body: '{"question":"Who?"}' }, 'got body: a string of 19 characters'],
])('%j is half an event: it is refused as a proxy expects, and kept whole', (event, message) => {
  const incoming = readEvent(event);
  expect(incoming).toMatchObject({ door: 'proxy', body: { data: JSON.stringify(event) } });
  expect(incoming.refusal).toMatchObject({ code: 'INVALID_EVENT', message: expect.stringContaining(message) });
});

test('JSON that is nested too deeply to be written is refused', () => {
  const event = JSON.parse(`{"question":${'['.repeat(50_000)}${']'.repeat(50_000)}}`);
  expect(readEvent(event)).toMatchObject({ door: 'direct', refusal: { code: 'INVALID_EVENT' } });
});
