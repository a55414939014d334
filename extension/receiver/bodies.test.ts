import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXAMPLE_RECORD } from '../../capture/fixtures/example-record.ts';
import { MAX_BODY_BYTES, type Stats, type WireErrorBody } from '../../capture/wire.ts';
import { type Running, startExtension } from '../fixtures/extension-process.ts';
import { connect, ended } from './fixtures/raw.ts';

let stack: AsyncDisposableStack;
let extension: Running;
let url: string;
beforeAll(async () => {
  stack = new AsyncDisposableStack();
  extension = await startExtension(stack);
  await extension.lambda.asked(1);
  url = `http://127.0.0.1:${extension.port}/v1`;
});
afterAll(() => stack.disposeAsync());

async function post(body: string | Buffer, type = 'application/json') {
  const response = await fetch(`${url}/records`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: body as never,
  });
  const { accepted, error } = (await response.json()) as { accepted?: number } & Partial<WireErrorBody>;
  return accepted ?? error!.code;
}
const stats = async () => (await (await fetch(`${url}/stats`)).json()) as Stats;
/** The record in the spool with this id. */
const stored = (eventId: string) =>
  readdirSync(extension.spool, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.jsonl(\.open)?$/.test(file))
    .flatMap((file) => readFileSync(path.join(extension.spool, file), 'utf8').trimEnd().split('\n'))
    .map((line) => JSON.parse(line))
    .find((line) => line.eventMetadata.eventId === eventId);

const record = (eventId: string, change: object = {}) => JSON.stringify({ ...EXAMPLE_RECORD, eventId, ...change });
const input = (data: string) => ({ input: { ...EXAMPLE_RECORD.input, data } });
/** The text of a record with something else in the place of a value. */
const instead = (eventId: string, value: string, replacement: string) => record(eventId).replace(value, replacement);
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const bytes = (text: string, value: string, raw: number[]) => {
  const [before, after] = text.split(value);
  return Buffer.concat([Buffer.from(before!), Buffer.from(raw), Buffer.from(after!)]);
};
const DIGEST = EXAMPLE_RECORD.modelDigest!;

test.each<[string, string | Buffer, string]>([
  ['nothing', '', 'INVALID_JSON'],
  ['half a record', record('half').slice(0, 300), 'INVALID_JSON'],
  ['a record and more', `${record('more')}}`, 'INVALID_JSON'],
  ['two records', record('one') + record('two'), 'INVALID_JSON'],
  ['100,000 levels of lists', nested(100_000), 'INVALID_RECORD'],
  ['100,000 levels without their ends', '['.repeat(100_000), 'INVALID_JSON'],
  [
    '100,000 levels of objects in a field',
    instead('deep', '12.3', '{"a":'.repeat(100_000) + 1 + '}'.repeat(100_000)),
    'INVALID_RECORD',
  ],
  ['a byte that is in no UTF-8 text', bytes(record('ff'), DIGEST, [0xff]), 'INVALID_JSON'],
  ['Latin-1', bytes(record('latin'), DIGEST, [0x66, 0xfc, 0x72]), 'INVALID_JSON'],
  ['a character in more bytes than it needs', bytes(record('overlong'), DIGEST, [0xc0, 0xaf]), 'INVALID_JSON'],
  ['half of a surrogate pair as bytes', bytes(record('cesu'), DIGEST, [0xed, 0xa0, 0x80]), 'INVALID_JSON'],
  ['a character that is cut', bytes(record('cut'), DIGEST, [0xe2, 0x82]), 'INVALID_JSON'],
  ['UTF-16', Buffer.from(`\ufeff${record('utf16')}`, 'utf16le'), 'INVALID_JSON'],
  ['a compressed record', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]), 'INVALID_JSON'],
  ['half of a surrogate pair in the data', instead('lone', DIGEST, '\\ud800'), 'INVALID_RECORD'],
  ['half of a surrogate pair in an id', record('\ud83d'), 'INVALID_RECORD'],
  ['a number beyond all numbers', instead('huge', '12.3', '1e999'), 'INVALID_RECORD'],
  ['no number', instead('nan', '12.3', 'NaN'), 'INVALID_JSON'],
  ['a control character in a text', instead('control', DIGEST, 'a\nb'), 'INVALID_JSON'],
  [
    'a duplicate key that is wrong the last time',
    instead('twice', '"status":200', '"status":200,"status":"ok"'),
    'INVALID_RECORD',
  ],
  ['fields in the prototype', `{"__proto__":${record('proto')}}`, 'INVALID_RECORD'],
])('%s is refused with its code, counts once, and is stored nowhere', async (_, body, code) => {
  const before = await stats();
  expect(await post(body)).toBe(code);
  const after = await stats();
  expect(after.dropped[code as 'INVALID_JSON'] - before.dropped[code as 'INVALID_JSON']).toBe(1);
  expect([after.received - before.received, after.pending - before.pending]).toEqual([1, 0]);
});

test.each<[string, string | Buffer, object]>([
  ['a byte order mark in front of it', `\ufeff${record('mark')}`, { eventMetadata: { eventId: 'mark' } }],
  ['white space around it', ` \r\n\t${record('space')}\n\n`, {}],
  [
    'a duplicate key: the last one counts',
    instead('last', '"status":200', '"status":500,"status":201'),
    { inferenceCapture: { status: 201 } },
  ],
  [
    'a key that is the prototype',
    instead('own', '"status"', '"__proto__":{"status":1},"status"'),
    { inferenceCapture: { status: 200 } },
  ],
  ['keys that are methods', record('methods', { constructor: { name: 1 }, toString: 2, hasOwnProperty: 3 }), {}],
  ['an id that is the prototype', record('__proto__'), { eventMetadata: { eventId: '__proto__' } }],
  [
    '100,000 levels in a field that nobody knows',
    instead('later', '"status"', `"later":${nested(100_000)},"status"`),
    {},
  ],
  [
    'every character there is',
    record('characters', input('\u0000\u001f"\\/\u007f\u2028\ufeff\ufffd\u{10ffff}')),
    { captureData: { endpointInput: { data: '\u0000\u001f"\\/\u007f\u2028\ufeff\ufffd\u{10ffff}' } } },
  ],
  [
    'escapes of a surrogate pair',
    instead('pair', DIGEST, '\\ud83d\\ude00'),
    { inferenceCapture: { modelDigest: '😀' } },
  ],
])('a record with %s is taken as it is meant', async (_, body, expected) => {
  expect(await post(body)).toBe(1);
  const eventId = (JSON.parse(String(body).replace(/^\ufeff/, '')) as { eventId: string }).eventId;
  expect(stored(eventId)).toMatchObject(expected);
});

test('a bad line takes no good one with it, whatever is bad about it', async () => {
  const lines: (string | Buffer)[] = [
    `\ufeff${record('line 1')}`,
    bytes(record('line 2'), DIGEST, [0xff]),
    record('line 3'),
    nested(100_000),
    '{"half":',
    '\ufeff',
    record('line 7'),
    Buffer.from([0xfe]),
    `${record('line 9')}\r`,
    record('line 10').slice(0, -1),
  ];
  const body = Buffer.concat(lines.flatMap((line, at) => [Buffer.from(at === 0 ? '' : '\n'), Buffer.from(line)]));
  const headers = { 'content-type': 'application/x-ndjson' };
  const response = await fetch(`${url}/records`, { method: 'POST', headers, body });
  const { error } = (await response.json()) as WireErrorBody;
  expect([response.status, error.details?.accepted]).toEqual([400, 4]);
  expect(error.details!.lines.map(({ line, code }) => [line, code])).toEqual([
    [2, 'INVALID_JSON'],
    [4, 'INVALID_RECORD'],
    [5, 'INVALID_JSON'],
    [8, 'INVALID_JSON'],
    [10, 'INVALID_JSON'],
  ]);
  for (const line of [1, 3, 7, 9]) expect(stored(`line ${line}`)).toBeDefined();
});

test('bytes that are no text and come again count once', async () => {
  const before = await stats();
  for (let i = 0; i < 3; i++) await post(Buffer.from([0xff, 0xfe, 0xfd]));
  const { dropped } = await stats();
  expect(dropped.INVALID_JSON - before.dropped.INVALID_JSON).toBe(1);
  expect(dropped.DUPLICATE - before.dropped.DUPLICATE).toBe(2);
});

const head = (length: number, more = '') =>
  `POST /v1/records HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${more}content-length: ${length}\r\n\r\n`;

test('a body that says it is too large is refused before it comes', async () => {
  const socket = connect(extension.port);
  socket.write(head(MAX_BODY_BYTES + 1));
  expect(await ended(socket)).toMatch(/^HTTP\/1\.1 413 .*"BODY_TOO_LARGE"/s);
});

test('a body that breaks off is counted nowhere', async () => {
  const before = await stats();
  for (const end of ['end', 'resetAndDestroy'] as const) {
    const socket = connect(extension.port);
    socket.write(head(1000) + record('broken').slice(0, 500));
    await expect.poll(() => socket.bytesWritten).toBeGreaterThan(500);
    const received = ended(socket);
    socket[end]();
    expect(await received).toMatch(end === 'end' ? /^HTTP\/1\.1 400 / : /^$/);
  }
  expect(await stats()).toEqual(before);
});

test('after all that the extension has logged no error, and takes a record', async () => {
  expect(await post(record('at last'))).toBe(1);
  expect(extension.lines().filter(({ level }) => level === 'ERROR')).toEqual([]);
});
