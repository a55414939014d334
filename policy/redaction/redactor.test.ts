import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { json, KEY, recordOf, redactorOf, type WrittenRule } from './fixtures/redact.ts';

const EMAIL: WrittenRule = { name: 'mail', detect: ['email'] };
const CARD: WrittenRule = { name: 'cards', detect: ['card'] };
const tokenOf = (name: string, value: string) =>
  `[${name}:${createHmac('sha256', KEY).update(value).digest('hex').slice(0, 32)}]`;

async function redactInput(data: string, ...rules: WrittenRule[]) {
  const { record, redacted, withheld } = (await redactorOf(...rules)).record(recordOf({ input: json(data) }));
  return { data: record.input?.data, redacted, withheld: withheld?.input };
}

describe('an action', () => {
  const found = 'Ask a.smith@x.org!';
  test.each<[string, WrittenRule, string]>([
    ['replace', EMAIL, 'Ask [email]!'],
    ['hash', { ...EMAIL, action: 'hash' }, `Ask ${tokenOf('email', 'a.smith@x.org')}!`],
    ['mask', { ...EMAIL, action: 'mask' }, 'Ask *************!'],
    ['mask, but for the last characters', { ...EMAIL, action: 'mask', keepLast: 3 }, 'Ask **********org!'],
    ['truncate', { ...EMAIL, action: 'truncate', length: 2 }, 'Ask a.!'],
    ['drop', { ...EMAIL, action: 'drop' }, 'Ask !'],
    ['replace by a pattern', { name: 'staff', pattern: 'a\\.\\w+' }, 'Ask [staff]@x.org!'],
    [
      'mask what is no longer than what is kept',
      { name: 'p', pattern: 'Ask', action: 'mask', keepLast: 3 },
      '*** a.smith@x.org!',
    ],
  ])('%s, on what was found', async (_name, rule, expected) => {
    expect(await redactInput(JSON.stringify({ text: found }), rule)).toEqual({
      data: JSON.stringify({ text: expected }),
      redacted: { [rule.name]: 1 },
      withheld: undefined,
    });
  });

  const at = (path: string, action: WrittenRule['action'], more = {}): WrittenRule => ({
    name: 'p',
    path,
    action,
    ...more,
  });
  test.each<[string, WrittenRule, string, string]>([
    ['replace a string', at('$.a', 'replace'), '{"a": "x", "b": 1}', '{"a": "[p]", "b": 1}'],
    ['replace an object', at('$.a', 'replace'), '{"a": {"c": [1]}, "b": 1}', '{"a": "[p]", "b": 1}'],
    ['hash a string', at('$.a', 'hash'), '{"a":"x"}', `{"a":"${tokenOf('p', 'x')}"}`],
    ['hash a number like the same text', at('$.a', 'hash'), '{"a":7}', `{"a":"${tokenOf('p', '7')}"}`],
    [
      'hash an object in one form',
      at('$.a', 'hash'),
      '{"a":{"y": 1, "x": 2.0}}',
      `{"a":"${tokenOf('p', '{"x":2,"y":1}')}"}`,
    ],
    ['mask a string', at('$.a', 'mask', { keepLast: 1 }), '{"a":"x😀y"}', '{"a":"**y"}'],
    ['mask a number', at('$.a', 'mask'), '{"a":-12.5}', '{"a":"*****"}'],
    ['mask an object', at('$.a', 'mask'), '{"a":{"b":1}}', '{"a":"*******"}'],
    ['truncate a string', at('$.a', 'truncate', { length: 2 }), '{"a":"😀ä€x"}', '{"a":"😀ä"}'],
    ['truncate what is short', at('$.a', 'truncate', { length: 9 }), '{"a":"xyz"}', '{"a":"xyz"}'],
    [
      'truncate an object, which has no first characters',
      at('$.a', 'truncate', { length: 2 }),
      '{"a":{"b":1}}',
      '{"a":"[p]"}',
    ],
    ['drop the first member', at('$.a', 'drop'), '{"a": 1, "b": 2}', '{"b": 2}'],
    ['drop the last member', at('$.b', 'drop'), '{"a": 1, "b": 2}', '{"a": 1}'],
    ['drop members in a row', at("$['b','c']", 'drop'), '{"a":1,"b":2,"c":3}', '{"a":1}'],
    ['drop members around one', at("$['a','c']", 'drop'), '{"a":1,"b":2,"c":3}', '{"b":2}'],
    ['drop all members', at('$.*', 'drop'), '{"a":1,"b":2}', '{}'],
    ['drop an element, the others keep their index', at('$[0]', 'drop'), '["x","y"]', '[null,"y"]'],
    ['drop everything', at('$', 'drop'), '{"a":1}', 'null'],
    ['drop in a string that is JSON', at('$.b.a', 'drop'), '{"b":"{\\"a\\":1,\\"c\\":2}"}', '{"b":"{\\"c\\":2}"}'],
  ])('%s, by a path', async (_name, rule, data, expected) => {
    expect((await redactInput(data, rule)).data).toBe(expected);
  });
});

test.each<[string, string, string]>([
  ['the name of a member', '{"a.smith@x.org":1}', '{"[email]":1}'],
  [
    'names, which stay different',
    '{"a@x.org":1,"[email]":2,"b@x.org":3,"[email]-2":4}',
    '{"[email]-3":1,"[email]":2,"[email]-4":3,"[email]-2":4}',
  ],
  ['a number', '{"n": 4111111111111111 }', '{"n": "[card]" }'],
  ['a number, as a float', '{"n":4111111111111111.0}', '{"n":"[card]"}'],
  ['a number, with an exponent', '{"n":4.111111111111111e15}', '{"n":"[card]"}'],
  ['a value that JSON escapes', '{"a":"smith\\u0040x\\u002eorg"}', '{"a":"[email]"}'],
  ['JSON in a string', '{"a":"{\\"b\\":\\"a@x.org\\"}"}', '{"a":"{\\"b\\":\\"[email]\\"}"}'],
  ['a number of JSON in a string', '{"a":"[4111111111111111]"}', '{"a":"[\\"[card]\\"]"}'],
  [
    'JSON in a string in a string',
    JSON.stringify(JSON.stringify(JSON.stringify({ a: 'a@x.org' }))),
    JSON.stringify(JSON.stringify(JSON.stringify({ a: '[email]' }))),
  ],
  ['JSON in a string, which was cut', '{"a":"{\\"b\\":\\"smith\\\\u0040x.org"}', '{"a":"{\\"b\\":\\"[email]"}'],
  ['the first of two members of one name', '{"a":"a@x.org","a":"b"}', '{"a":"[email]","a":"b"}'],
  ['JSON Lines', '{"a":"a@x.org"}\n{"a":"b"}\n', '{"a":"[email]"}\n{"a":"b"}\n'],
  ['what should be JSON and is none', '{"a":"smith\\u0040x.org', '{"a":"[email]'],
  [
    'a value beside numbers that doubles cannot hold',
    '{"big":1234567890123456789, "e":1E400, "a":"a@x.org"}',
    '{"big":1234567890123456789, "e":1E400, "a":"[email]"}',
  ],
])('finds %s, and changes nothing else', async (_name, data, expected) => {
  expect(await redactInput(data, EMAIL, CARD)).toMatchObject({ data: expected, withheld: undefined });
});

test('a payload in which nothing is found is the very same', async () => {
  const record = recordOf({ input: json('{ "a" : [1.50, "\\u0041", {}] }'), inferenceId: 'x-1' });
  const result = (await redactorOf(EMAIL, { name: 'p', path: '$.b' }, { name: 'q', pattern: 'zz+' })).record(record);
  expect(result).toEqual({ record });
  expect(result.record.input).toBe(record.input);
});

test('a token is not found again, whatever pattern fits it', async () => {
  const rules: WrittenRule[] = [
    { ...EMAIL, action: 'hash' },
    { name: 'words', pattern: '[a-z0-9]{3,}' },
    { name: 'id', path: '$.id', action: 'hash' },
  ];
  const once = await redactInput('{"to":"a@x.org or abc","id":7}', ...rules);
  const { data, redacted } = once;
  expect(data).toBe(`{"to":"${tokenOf('email', 'a@x.org')} or [words]","id":"${tokenOf('id', '7')}"}`);
  expect(redacted).toEqual({ mail: 1, words: 1, id: 1 });
  expect(await redactInput(data!, ...rules)).toEqual({ data, redacted: undefined, withheld: undefined });
});

test('what only looks like a token is searched', async () => {
  expect((await redactInput('{"a":"[a@x.org] [email:a@x.org]"}', EMAIL)).data).toBe(
    '{"a":"[[email]] [email:[email]]"}',
  );
});

describe('of several rules', () => {
  const text = '4111111111111111@x.org';
  const pattern = (name: string, of: string, more = {}): WrittenRule => ({ name, pattern: of, ...more });
  test.each<[string, string, WrittenRule[], Record<string, number>]>([
    ['the first one wins', '[a]', [pattern('a', '.{2,}'), pattern('b', '.{2,}')], { a: 1 }],
    [
      'a later one takes the rest of what it found',
      '[a][b]',
      [pattern('a', '^[0-9]+'), pattern('b', '.{2,}')],
      { a: 1, b: 1 },
    ],
    [
      'a later one takes the rest on both sides',
      '[b][a][b]',
      [pattern('a', '@'), pattern('b', '.{2,}')],
      { a: 1, b: 1 },
    ],
    [
      'what the first one keeps stays',
      '************1111@x.org',
      [pattern('a', '\\d+', { action: 'mask', keepLast: 4 }), pattern('b', '\\d+')],
      { a: 1 },
    ],
    [
      'what a later one would keep of a rest goes',
      '[a]******',
      [pattern('a', '^[0-9]+'), pattern('b', '.{2,}', { action: 'mask', keepLast: 4 })],
      { a: 1, b: 1 },
    ],
    ['a path takes the whole value', '[b]', [pattern('a', '@'), { name: 'b', path: '$.t' }], { b: 1 }],
    [
      'the limit of a path cuts no token in two',
      '[a]',
      [pattern('a', '\\d{9,}'), { name: 'b', path: '$.t', action: 'truncate', length: 2 }],
      { a: 1, b: 1 },
    ],
    [
      'what a path truncates is searched',
      '[a]@x.o',
      [{ name: 'b', path: '$.t', action: 'truncate', length: 7 }, pattern('a', '\\d+')],
      { a: 1, b: 1 },
    ],
  ])('%s', async (_name, expected, rules, redacted) => {
    expect(await redactInput(JSON.stringify({ t: text }), ...rules)).toMatchObject({
      data: JSON.stringify({ t: expected }),
      redacted,
    });
  });

  test('a value takes those in it, and of two for one value the first', async () => {
    const rules = [{ name: 'in', path: '$.a.b' }, { name: 'out', path: '$.a' }, { name: 'late', path: '$.a' }, EMAIL];
    expect(await redactInput('{"a":{"b":1,"c":"a@x.org"}}', ...rules)).toMatchObject({
      data: '{"a":"[out]"}',
      redacted: { out: 1 },
    });
  });
});

describe('a payload', () => {
  const input = (encoding: 'JSON' | 'CSV' | 'BASE64', data: string, contentType = 'text/plain') =>
    recordOf({ input: { encoding, data, contentType } });
  const base64 = (text: string | Buffer) => Buffer.from(text as string).toString('base64');
  const all: WrittenRule[] = [EMAIL, CARD, { name: 'p', path: '$.secret', action: 'drop' }];

  test.each([
    ['CSV', 'CSV', '1,a@x.org,"b ""c"""', '1,[email],"b ""c"""'],
    ['CSV that is JSON', 'CSV', '{"secret":1,"a":"a@x.org"}', '{"a":"[email]"}'],
    ['CSV with digits that are no JSON', 'CSV', '4111111111111111', '[card]'],
    ['BASE64 of a text', 'BASE64', base64('Ask a@x.org, häß'), base64('Ask [email], häß')],
    ['BASE64 of JSON', 'BASE64', base64('{"secret":1,"a":"smith\\u0040x.org"}'), base64('{"a":"[email]"}')],
    ['BASE64 that is none', 'BASE64', 'Ask a@x.org', 'Ask [email]'],
  ] as const)('is searched: %s', async (_name, encoding, data, expected) => {
    expect((await redactorOf(...all)).record(input(encoding, data)).record.input?.data).toBe(expected);
  });

  const deep = Array.from({ length: 12 }).reduce<string>((text) => JSON.stringify([text]), 'a@x.org');
  test.each([
    ['bytes', 'BASE64', base64(Buffer.from([0xff, 0xd8])), 'image/jpeg', 'BINARY'],
    ['UTF-16', 'BASE64', base64(Buffer.from('a@x.org', 'utf16le')), 'text/plain', 'BINARY'],
    ['JSON that is none, where there are paths', 'JSON', '{"secret":1', 'application/json', 'UNREADABLE'],
    ['the same in BASE64', 'BASE64', base64('{"secret":1'), 'application/json', 'UNREADABLE'],
    ['text that is cut JSON', 'CSV', ' {"secret":1', 'text/plain', 'UNREADABLE'],
    ['the same in BASE64, in a list', 'BASE64', base64('[{"secret":1'), 'text/plain', 'UNREADABLE'],
    ['JSON in JSON in JSON', 'JSON', deep, 'application/json', 'UNREADABLE'],
    ['ten thousand arrays in each other', 'JSON', '['.repeat(1e4) + ']'.repeat(1e4), 'application/json', 'UNREADABLE'],
  ] as const)('is withheld: %s', async (_name, encoding, data, contentType, reason) => {
    const { record, withheld } = (await redactorOf(...all)).record(input(encoding, data, contentType));
    expect({ input: record.input, withheld }).toEqual({ input: undefined, withheld: { input: reason } });
  });

  test('that no rule is for is kept, whatever it is', async () => {
    const record = input('BASE64', base64(Buffer.from([0xff])));
    expect((await redactorOf({ ...EMAIL, in: ['output'] })).record(record)).toEqual({ record });
  });
});

describe('attributes', () => {
  test('are redacted, but not the ids that the project makes', async () => {
    const record = recordOf({
      eventId: 'a@x.org',
      traceId: 'a@x.org',
      inferenceId: 'order of a@x.org',
      errorCode: 'a@x.org',
      customAttributes: ['x', 'to:a@x.org', '{"to":"a\\u0040x.org"}'],
    });
    expect((await redactorOf({ ...EMAIL, action: 'drop' })).record(record)).toEqual({
      record: {
        ...record,
        inferenceId: `order of ${tokenOf('email', 'a@x.org')}`,
        errorCode: undefined,
        customAttributes: ['x', 'to:', '{"to":""}'],
      },
      redacted: { mail: 4 },
    });
  });

  test('an id of a record and the same id of its label stay equal, and no longer than an id may be', async () => {
    const redactor = await redactorOf(EMAIL);
    for (const inferenceId of ['a@x.org', 'a@x.org '.repeat(32)]) {
      const { record } = redactor.record(recordOf({ inferenceId }));
      const { label } = redactor.label({ inferenceId, data: '1', encoding: 'CSV' });
      expect(label.inferenceId).toBe(record.inferenceId);
      expect(label.inferenceId).not.toContain('@');
      expect(label.inferenceId!.length).toBeLessThanOrEqual(256);
    }
  });
});

test.each<[string, WrittenRule, RegExp]>([
  ['a pattern that RE2 does not know', { name: 'own', pattern: '(a)\\1' }, /"pattern" of the rule "own"/],
  ['a path with a filter', { name: 'own', path: '$[?@.a]' }, /"path" of the rule "own".*without filters/],
])('%s is refused with the name of its rule', async (_name, rule, message) => {
  await expect(redactorOf(rule)).rejects.toThrow(message);
});
