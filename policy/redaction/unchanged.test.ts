import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Payload } from '../../capture/record.ts';
import { json, recordOf, redactorOf, redactorWithDetectors, type WrittenRule } from './fixtures/redact.ts';

const VALUE = 'zq.kw@jjvv.org';
const CARD = 5555555555554444;
const MAIL: WrittenRule = { name: 'mail', detect: ['email'] };
const CARDS: WrittenRule = { name: 'cards', detect: ['card'] };
const AT_PATH: WrittenRule = { name: 'secret', path: '$..secret' };

/** Nothing that a rule finds. */
const words = fc.stringMatching(/^[a-f ,.:"\\/\n😀é[\]{}\0]{0,12}$/u);
const harmless = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    words,
    fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e21, 0.1234567890123),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(words, tie('value'), { maxKeys: 3 }),
    tie('value').map((value) => JSON.stringify(value)),
  ),
})).value;

type Planted = [given: unknown, expected: unknown, counts: Record<string, number>];

/** A value, what must become of it, and how often each rule strikes in it. */
const planted: fc.Arbitrary<Planted> = fc.letrec<{ node: Planted }>((tie) => {
  const members = fc.tuple(fc.constantFrom('a', 'b', 'c'), tie('node'), fc.constantFrom('x', 'y'), harmless);
  return {
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc
        .tuple(words, words)
        .map(([before, after]): Planted => [`${before} ${VALUE} ${after}`, `${before} [email] ${after}`, { mail: 1 }]),
      fc.constant<Planted>([`${VALUE} ${VALUE}`, '[email] [email]', { mail: 2 }]),
      fc.constant<Planted>([CARD, '[card]', { cards: 1 }]),
      fc.constant<Planted>([{ [VALUE]: 1 }, { '[email]': 1 }, { mail: 1 }]),
      harmless.map((secret): Planted => [{ secret }, { secret: '[secret]' }, { secret: 1 }]),
      members.map(
        ([name, [given, expected, counts], other, value]): Planted => [
          { [other]: value, [name]: given },
          { [other]: value, [name]: expected },
          counts,
        ],
      ),
      fc
        .tuple(harmless, tie('node'), tie('node'))
        .map(([value, one, two]): Planted => [[one[0], value, two[0]], [one[1], value, two[1]], sum(one[2], two[2])]),
      tie('node').map(
        ([given, expected, counts]): Planted => [JSON.stringify([given]), JSON.stringify([expected]), counts],
      ),
    ),
  };
}).node;

function sum(one: Record<string, number>, other: Record<string, number>): Record<string, number> {
  const total = { ...one };
  for (const [name, count] of Object.entries(other)) total[name] = (total[name] ?? 0) + count;
  return total;
}

const encodings: ((text: string) => Payload)[] = [
  json,
  (data) => ({ contentType: 'text/csv', encoding: 'CSV', data }),
  (text) => ({ contentType: 'application/json', encoding: 'BASE64', data: Buffer.from(text).toString('base64') }),
];
const textOf = ({ encoding, data }: Payload) => (encoding === 'BASE64' ? Buffer.from(data, 'base64').toString() : data);

test('what was JSON is JSON, and all that no rule touched says what it said; the counts say what was found', async () => {
  const redactor = await redactorOf(MAIL, CARDS, AT_PATH);
  fc.assert(
    fc.property(planted, fc.constantFrom(...encodings), ([given, expected, counts], encode) => {
      // An object or array, as a payload is one: text that only looks like a word or a number is none of CSV.
      const { record, redacted } = redactor.record(recordOf({ input: encode(JSON.stringify([given])) }));
      expect(JSON.parse(textOf(record.input!))).toEqual([expected]);
      expect(redacted).toEqual(counts);
    }),
    { numRuns: 2000 },
  );
});

test('a record in which nothing is found keeps its very payloads', async () => {
  const redactor = await redactorWithDetectors({ name: 'all', detect: 'all' }, AT_PATH);
  fc.assert(
    fc.property(
      harmless,
      fc.constantFrom(...encodings),
      fc.constantFrom(undefined, 1, '\t'),
      (value, encode, space) => {
        const record = recordOf({ input: encode(JSON.stringify([value], null, space)), inferenceId: 'order 7' });
        const result = redactor.record(record);
        expect(result).toEqual({ record });
        expect(result.record.input).toBe(record.input);
      },
    ),
  );
});

test('numbers keep the digits that no double has, and white space stays', async () => {
  const redactor = await redactorOf(MAIL);
  const around = (value: string) =>
    `{ "n" : 12345678901234567890.10 ,\r\n\t"e":[ 1E400, -0 ,0.10 ], "m":"${value}" , "m":[ ] }`;
  const { record } = redactor.record(recordOf({ input: json(around(VALUE)) }));
  expect(record.input!.data).toBe(around('[email]'));
});

test.each([
  ['application/json; charset=utf-8', 'application/json; charset=utf-8'],
  [`application/json; from=${VALUE}`, 'application/json; from=[email]'],
  [`${VALUE}`, '[email]'],
])('of the content type %s is left %s', async (contentType, expected) => {
  const { record } = (await redactorOf(MAIL, { name: 'types', pattern: 'json$|utf' })).record(
    recordOf({ input: { ...json({}), contentType } }),
  );
  expect(record.input!.contentType).toBe(expected);
});
