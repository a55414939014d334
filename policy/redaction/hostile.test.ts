import { describe, expect, test } from 'vitest';
import type { Payload } from '../../capture/record.ts';
import { recordOf, redactorWithDetectors, type WrittenRule } from './fixtures/redact.ts';

const ALL: WrittenRule = { name: 'all', detect: 'all' };
const EVERY_KIND: WrittenRule[] = [
  { name: 'a', path: '$..a', action: 'mask', keepLast: 2 },
  { name: 'b', path: '$..b', action: 'hash' },
  { name: 'first', path: '$[0]', action: 'truncate', length: 3 },
  { name: 'words', pattern: '(a+)+$', action: 'drop' },
  ALL,
];

const repeat = (part: string, times: number, end = '') => part.repeat(times) + end;
const nested = (times: number, value: string) => {
  let text = value;
  for (let time = 0; time < times; time++) text = JSON.stringify({ a: text });
  return text;
};

describe.each([
  ['nothing', ''],
  ['white space', ' \n\t'],
  ['a byte order mark', '\uFEFF'],
  ['a byte order mark before JSON', '\uFEFF{"a":"a@x.org"}'],
  ['100,000 arrays', repeat('[', 100_000) + repeat(']', 100_000)],
  ['100,000 arrays that nobody closes', repeat('[', 100_000)],
  ['100,000 objects', repeat('{"a":', 100_000, '1') + repeat('}', 100_000)],
  ['JSON in 12 strings', nested(12, 'a@x.org')],
  ['quotation marks', repeat('"', 100_001)],
  ['backslashes', repeat('\\', 100_001)],
  ['backslashes in a string', `"${repeat('\\', 100_000)}"`],
  ['escapes that are cut', '["\\u00", "\\u", "\\"]'],
  ['half of a surrogate pair, escaped', '{"a":"\\ud800 a@x.org \\udc00"}'],
  ['a number of 1,000,000 digits', `[${repeat('7', 1_000_000)}]`],
  ['numbers that no double holds', '{"a":1e999999999,"b":-0.0,"c":123456789012345678901234567890}'],
  ['names of JavaScript', '{"__proto__":{"a":"a@x.org"},"constructor":1,"toString":"a@x.org"}'],
  ['a name that is empty', '{"":{"":"a@x.org"}}'],
  ['U+0000', '{"a":"\\u0000a@x.org\\u0000","\\u0000":1}'],
  ['tokens and halves of them', '["[all]","[all","[email]]","[[email]","[b:0]"]'],
  ['a text that a pattern of others needs exponential time for', `"${repeat('a', 100_000, '!')}"`],
])('a payload with %s', (_name, data) => {
  const payloads: Payload[] = [
    { contentType: 'application/json', encoding: 'JSON', data },
    { contentType: 'text/csv', encoding: 'CSV', data },
    { contentType: 'application/json', encoding: 'BASE64', data: Buffer.from(data).toString('base64') },
    { contentType: 'text/plain', encoding: 'BASE64', data },
  ];

  test('is redacted or withheld, in the input and in the output', { timeout: 30_000 }, async () => {
    for (const rules of [[ALL], EVERY_KIND]) {
      const redactor = await redactorWithDetectors(...rules);
      for (const payload of payloads) {
        const { record, withheld } = redactor.record(recordOf({ input: payload, output: payload }));
        expect({ input: record.input === undefined, output: record.output === undefined }).toEqual({
          input: withheld?.input !== undefined,
          output: withheld?.output !== undefined,
        });
        expect(JSON.stringify(record)).not.toContain('a@x.org');
      }
    }
  });

  test('is redacted in a label and in the attributes', { timeout: 30_000 }, async () => {
    const redactor = await redactorWithDetectors(...EVERY_KIND);
    for (const { encoding } of payloads) {
      const { label } = redactor.label({ eventId: 'e', encoding, data });
      expect(label.data).not.toContain('a@x.org');
    }
    const attributes = { inferenceId: data, errorCode: data, customAttributes: [data] };
    expect(JSON.stringify(redactor.record(recordOf(attributes)).record)).not.toContain('a@x.org');
  });
});

describe('twice as much takes about twice the time:', () => {
  const RUNS = 3;
  /** With a square in it, twice as much takes four times as long. */
  const MOST = 3.2;
  const json = (value: unknown) => JSON.stringify(value);
  const each = <T>(times: number, make: (index: number) => T) => Array.from({ length: times }, (_, at) => make(at));
  const address = (at: number) => `u${at}@example.org`;
  const answer = (text: string, start: number) => ({ answer: text, start, end: start + text.length });

  test.each<[string, number, (size: number) => { input: unknown; output?: unknown }]>([
    ['findings in one text', 4000, (size) => ({ input: { c: each(size, address).join(' ') } })],
    ['findings in texts of their own', 4000, (size) => ({ input: each(size, address) })],
    ['names', 2500, (size) => ({ input: Object.fromEntries(each(size, (at) => [address(at), at])) })],
    ['values at a path', 4000, (size) => ({ input: each(size, (at) => ({ a: `x${at}`, b: at })) })],
    ['JSON in strings', 2500, (size) => ({ input: each(size, (at) => json({ c: json({ c: address(at) }) })) })],
    ['escapes', 50_000, (size) => ({ input: `\\${repeat('\\u0041"', size)}` })],
    [
      'questions with a context each',
      4000,
      (size) => ({
        input: { inputs: each(size, (at) => ({ context: address(at) })) },
        output: each(size, () => answer('u', 0)),
      }),
    ],
    [
      'answers from one context',
      4000,
      (size) => {
        const context = each(size, address).join(' ');
        return { input: { context }, output: each(size, (at) => answer(context.slice(at * 9, at * 9 + 9), at * 9)) };
      },
    ],
    [
      'answers that are no spans of their context',
      2500,
      (size) => ({
        input: { context: `${each(size, address).join(' ')} ${repeat('zz ', size)}` },
        output: each(size, (at) => answer(`z${at % 7}`, 0)),
      }),
    ],
  ])('%s', { timeout: 120_000 }, async (_name, size, make) => {
    const redactor = await redactorWithDetectors(...EVERY_KIND.filter(({ name }) => name !== 'first'));
    const fastest = ({ input, output = {} }: { input: unknown; output?: unknown }) => {
      const sides = [input, output].map(
        (side): Payload => ({
          contentType: 'application/json',
          encoding: 'JSON',
          data: json(side),
        }),
      );
      const record = recordOf({ input: sides[0]!, output: sides[1]! });
      const times = each(RUNS, () => {
        const from = performance.now();
        redactor.record(record);
        return performance.now() - from;
      });
      return Math.min(...times);
    };
    const [once, twice] = [make(size), make(2 * size)];
    fastest(once);
    // A disturbed measurement is taken again; a square stays one.
    const ratios: number[] = [];
    do ratios.push(fastest(twice) / fastest(once));
    while (ratios.at(-1)! > MOST && ratios.length < 5);
    expect(Math.min(...ratios)).toBeLessThan(MOST);
  });
});
