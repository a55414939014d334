import { expect, test } from 'vitest';
import { RequestError } from './errors.ts';
import { parseRequest } from './request.ts';

const json = (data: string) => ({ contentType: 'application/json', encoding: 'JSON', data }) as const;

test('a question and a context are a request', () => {
  const request = { question: 'Who?', context: 'Anna.' };
  expect(parseRequest(json(JSON.stringify(request)))).toEqual(request);
});

test.each([
  ['', 'INVALID_JSON', 'got no JSON'],
  ['{"question": "Who', 'INVALID_JSON', 'got no JSON'],
  ['[]', 'INVALID_JSON', 'got other JSON'],
  ['null', 'INVALID_JSON', 'got other JSON'],
  ['"text"', 'INVALID_JSON', 'got other JSON'],
  ['{}', 'MISSING_FIELD', '"question"'],
  ['{"question":"Who?"}', 'MISSING_FIELD', '"context"'],
  ['{"question":"","context":"Anna."}', 'EMPTY_FIELD', '"question"'],
  ['{"question":"Who?","context":" \\n\\t"}', 'EMPTY_FIELD', '"context"'],
  ['{"question":7,"context":"Anna."}', 'INVALID_FIELD', '"question", got 7'],
  ['{"question":null,"context":"Anna."}', 'INVALID_FIELD', '"question", got null'],
  ['{"question":"Who?","context":["Anna."]}', 'INVALID_FIELD', '"context", got Array'],
  ['{"question":"Who?","context":"Anna.","top_q":1}', 'UNKNOWN_FIELD', 'got "top_q"'],
])('%s is refused as %s, naming %s', (body, code, message) => {
  expect(() => parseRequest(json(body))).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  );
});

test('bytes that are no text are refused', () => {
  expect(() => parseRequest({ contentType: 'image/png', encoding: 'BASE64', data: '/w==' })).toThrow(RequestError);
});
