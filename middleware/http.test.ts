import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { answerOfResult, contentOfEvent } from './http.ts';
import { payloadOf } from './payload.ts';

const event = (name: string) => JSON.parse(readFileSync(`events/question-answering/${name}/event.json`, 'utf8'));
const QUESTION = { question: 'Where do I live?', context: 'My name is Wolfgang and I live in Berlin.' };

test.each(['rest-ordinary', 'rest-base64', 'http-api-ordinary', 'alb-ordinary', 'alb-header-lists', 'direct-ordinary'])(
  'of the event %s, the request is captured as JSON',
  (name) => {
    const payload = payloadOf(contentOfEvent(event(name)), {});
    expect(payload.encoding).toBe('JSON');
    expect(JSON.parse(payload.data)).toHaveProperty('question');
  },
);

test.each(['sqs-batch', 'sns-ordinary', 'eventbridge-ordinary'])('the event %s is captured as a whole', (name) => {
  expect(contentOfEvent(event(name))).toEqual(event(name));
});

test.each([null, undefined, 'text', 5, [], { body: 'a direct event may have a body too' }])('so is %j', (direct) => {
  expect(contentOfEvent(direct)).toBe(direct);
});

test('a compressed body is captured as the bytes that came', () => {
  const gzip = event('function-url-gzip');
  expect(payloadOf(contentOfEvent(gzip), {})).toMatchObject({ encoding: 'BASE64', data: gzip.body });
});

test('a body that another middleware has parsed already is captured as JSON', () => {
  const parsed = { requestContext: {}, headers: { 'content-type': 'application/json' }, body: QUESTION };
  expect(payloadOf(contentOfEvent(parsed), {})).toMatchObject({ encoding: 'JSON', data: JSON.stringify(QUESTION) });
});

test.each<[unknown, number, unknown]>([
  [{ statusCode: 422, body: '{"a":1}' }, 422, '{"a":1}'],
  [{ statusCode: '201', body: 'x' }, 201, 'x'],
  [{ statusCode: 'none', body: 'x' }, 200, 'x'],
  [{ statusCode: 204 }, 204, ''],
  [{ statusCode: 200, body: 'AP8=', isBase64Encoded: true }, 200, Buffer.from([0, 255])],
  [
    { statusCode: 200, body: '1', multiValueHeaders: { 'Content-Type': ['text/csv'] } },
    200,
    { contentType: 'text/csv', data: '1' },
  ],
  [{ answer: 'Berlin' }, 200, { answer: 'Berlin' }],
  ['text', 200, 'text'],
  [undefined, 200, undefined],
])('of the result %j, the status is %i and the output %j', (result, status, output) => {
  expect(answerOfResult(result)).toEqual({ status, output });
});
