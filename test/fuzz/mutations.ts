/** Numbers from 0 to below 1. All that a mutation does follows from them. */
export type Random = () => number;

/** A whole number from 0 to below `most`. */
export const below = (random: Random, most: number) => Math.floor(random() * most);
export const pick = <T>(random: Random, from: readonly T[]): T => from[below(random, from.length)]!;

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

/** Values that a field rarely has, as JSON. */
const ODD_VALUES = [
  'null',
  'true',
  '0',
  '-0',
  '-1',
  '1e999',
  '-1e-400',
  '123456789012345678901234567890',
  '200.5',
  '""',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\u0000"',
  '"__proto__"',
  '"2026-02-30T00:00:00Z"',
  '"9999-12-31T23:59:59.999999999Z"',
  `"${'x'.repeat(300)}"`,
  `"${'\u{1f600}'.repeat(200)}"`,
  `"${'\\"\\\\'.repeat(500)}"`,
  '[]',
  '{}',
  '[null,null]',
  '{"__proto__":{"status":1}}',
  nested(10),
  nested(5000),
  'undefined',
  'NaN',
  "'single'",
  '[1,]',
  '0x10',
  '',
];
const ODD_KEYS = ['__proto__', 'constructor', 'toString', '', 'eventId', 'status', '\ud800', 'x'.repeat(1000)];

/** An object as JSON with some of its fields missing, repeated, renamed, or odd, also those of the objects in it. It need not be JSON any more. */
export function mutatedJson(value: object, random: Random): string {
  const entries = Object.entries(value).map(([key, field]): [key: string, json: string] => [
    key,
    typeof field === 'object' && random() < 0.3 ? mutatedJson(field, random) : JSON.stringify(field),
  ]);
  for (let left = below(random, 3); left >= 0; left--) {
    const at = below(random, entries.length);
    const [key = '', json = ''] = entries[at] ?? [];
    const [odd, oddKey] = [pick(random, ODD_VALUES), pick(random, ODD_KEYS)];
    const mutations: (() => void)[] = [
      () => entries.splice(at, 1),
      () => entries.splice(at, 1, [key, odd]),
      () => entries.splice(at, 1, [oddKey, json]),
      () => entries.push([key, odd]),
      () => entries.unshift([key, odd]),
      () => entries.push([oddKey, odd]),
    ];
    pick(random, mutations)();
  }
  return `{${entries.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`;
}

const ODD_BYTES = Buffer.from('\0\t\n\r "\\{}[]:,;0a\x7f\x80\xc0\xed\xfe\xff', 'latin1');

/** Bytes with some of them changed, missing, repeated or inserted. */
export function mutatedBytes(bytes: Buffer, random: Random): Buffer {
  let mutated = Buffer.from(bytes);
  for (let left = below(random, 6); left >= 0; left--) {
    const at = below(random, mutated.length + 1);
    const end = Math.min(mutated.length, at + 1 + below(random, random() < 0.1 ? 500 : 4));
    const [before, some, after] = [mutated.subarray(0, at), mutated.subarray(at, end), mutated.subarray(end)];
    const odd = Buffer.from([random() < 0.5 ? pick(random, [...ODD_BYTES]) : below(random, 256)]);
    mutated = Buffer.concat(
      pick(random, [
        [before, odd, after],
        [before, odd, some, after],
        [before, after],
        [before, some, some, after],
        [before, Buffer.from(some).reverse(), after],
        [before],
      ]),
    );
  }
  return mutated;
}

const ODD_LINES = [
  'content-length: 0',
  'content-length: -1',
  'content-length: 10, 10',
  'content-length: 99999999999',
  'Content-Length : 5',
  'transfer-encoding: chunked',
  'transfer-encoding: gzip, chunked',
  'transfer-encoding: identity',
  ' folded: a',
  'host: evil.example',
  'host: 127.0.0.1@evil.example',
  'origin: null',
  'origin: http://localhost:2772',
  'sec-fetch-site: cross-site',
  'connection: close',
  'connection: upgrade',
  'upgrade: h2c',
  'expect: 100-continue',
  'expect: wonders',
  'content-type: text/plain',
  'content-type: application/x-ndjson; charset=utf-7',
  'content-encoding: gzip',
  'x-\u00ff: \u00ff',
  'no colon',
  ': no name',
  `x: ${'y'.repeat(20_000)}`,
  ...['\0', '\r', '\n'].map((character) => `x: a${character}b`),
];
const ODD_STARTS = [
  'GET /v1/stats HTTP/1.1',
  'GET /v1/health?a=%00 HTTP/1.0',
  'OPTIONS * HTTP/1.1',
  'DELETE /v1/records HTTP/1.1',
  'POST http://evil.example/v1/records HTTP/1.1',
  'POST //v1/records HTTP/1.1',
  'POST /v1/records/../stats HTTP/1.1',
  `POST /${'v'.repeat(9000)} HTTP/1.1`,
  'POST /v1/records HTTP/9.9',
  'POST  /v1/records  HTTP/1.1',
  'CONNECT localhost:1 HTTP/1.1',
  'PRI * HTTP/2.0',
];

/** The lines of a head, the first one its start, with some of them missing, repeated, out of place, or odd. */
export function mutatedHead(lines: readonly string[], random: Random): string[] {
  const mutated = [...lines];
  for (let left = below(random, 3); left >= 0; left--) {
    const at = 1 + below(random, mutated.length);
    const mutations: (() => void)[] = [
      () => mutated.splice(at, 1),
      () => mutated.splice(at, 0, pick(random, ODD_LINES)),
      () => mutated.splice(at, 1, pick(random, ODD_LINES)),
      () => mutated.push(pick(random, mutated)),
      () => mutated.splice(0, 1, pick(random, ODD_STARTS)),
    ];
    pick(random, mutations)();
  }
  return mutated;
}
