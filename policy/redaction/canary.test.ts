import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InferenceRecord, Payload } from '../../capture/record.ts';
import { recordOf, redactorWithDetectors, type WrittenRule } from './fixtures/redact.ts';

/** A value, and what would show it: its parts are in no other text of the tests. */
const CANARIES = [
  { value: 'zqkwxz@jjvvq.org', rule: { detect: 'all' } },
  { value: '5555555555554444', rule: { detect: ['card'] } },
  { value: 'ZQ-xjxxjjxjjjx', rule: { pattern: 'ZQ-[jx]{5,}' } },
] as const;
type Canary = (typeof CANARIES)[number];

const escaped = (text: string) =>
  text.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
const base64 = (text: string) => Buffer.from(text).toString('base64');
/** The middle of the BASE64 of a text, wherever in three bytes it begins. */
const inBase64 = (text: string) => [0, 1, 2].map((before) => base64('x'.repeat(before) + text).slice(4, -4));

/** All forms of a value. Each is looked for in what is stored. */
const shows = (stored: string, { value }: { value: string }): boolean =>
  [value, escaped(value), escaped(value).toUpperCase().replaceAll('\\U', '\\u'), ...inBase64(value)].some((form) =>
    stored.includes(form),
  );

const words = fc.stringMatching(/^[a-f ,.:"\\/\n😀é]{0,12}$/u);
/** A text with the value in it, which stands alone. */
const textWith = (value: string) => fc.tuple(words, words).map(([before, after]) => `${before} ${value} ${after}`);

/** A JSON value with the text somewhere in it: as a value, as a name, as a number if it is one, or in a string that is JSON. */
const jsonWith = (value: string, text: string): fc.Arbitrary<unknown> =>
  fc.letrec((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constant<unknown>(text),
      fc.constant<unknown>(/^\d+$/.test(value) ? Number(value) : text),
      fc.tuple(tie('other'), tie('node')).map(([other, node]) => [other, node]),
      fc.tuple(tie('other'), tie('node')).map(([other, node]) => ({ a: other, b: node, c: 12_345_678 })),
      tie('other').map((other) => ({ [text]: other, [`${text}!`]: 1 })),
      tie('node').map((node) => JSON.stringify(node)),
    ),
    other: fc.oneof(
      words,
      fc.integer(),
      fc.constant<unknown>(null),
      fc.array(fc.double({ noNaN: true }), { maxLength: 3 }),
    ),
  })).node;

/** The same JSON, written differently: escapes that nobody needs, white space, a second member of the same name, an end that is missing. */
const writings: ((json: string, value: string) => string)[] = [
  (json) => json,
  (json, value) => json.replaceAll(value, escaped(value)),
  (json) => json.replaceAll('@', '\\u0040'),
  (json) => JSON.stringify(JSON.parse(json), null, 2),
  (json) => `{"twice": ${json}, "twice": 0}`,
  (json) => `{"cut": ${json}`,
  (json) => `${JSON.stringify({ line: JSON.parse(json) })}\n{}\n`,
];

const json = (data: string): Payload => ({ contentType: 'application/json', encoding: 'JSON', data });
const fieldsWith = (canary: Canary): fc.Arbitrary<Partial<InferenceRecord>> => {
  const { value } = canary;
  const texts = textWith(value);
  const jsons = texts
    .chain((text) => fc.tuple(jsonWith(value, text), fc.constantFrom(...writings)))
    .map(([content, write]) => write(JSON.stringify(content), value));
  const payloads = fc.oneof(
    jsons.map(json),
    texts.map((data): Payload => ({ contentType: 'text/csv', encoding: 'CSV', data })),
    fc
      .oneof(jsons, texts)
      .map((text): Payload => ({ contentType: 'text/plain', encoding: 'BASE64', data: base64(text) })),
  );
  const answers = texts.chain((context) =>
    fc.tuple(fc.nat(context.length), fc.nat(context.length)).map(([one, other]) => {
      const [start, end] = [Math.min(one, other), Math.max(one, other)];
      const answer = { answer: context.slice(start, end), score: 1, start, end };
      return { input: json(JSON.stringify({ question: value, context })), output: json(JSON.stringify(answer)) };
    }),
  );
  return fc.oneof(
    payloads.map((input) => ({ input })),
    payloads.map((output) => ({ output })),
    answers,
    fc.oneof(texts, jsons).map((text) => ({ customAttributes: ['x', text] })),
    texts.map((inferenceId) => ({ inferenceId })),
    texts.map((errorCode) => ({ errorCode })),
    texts.map((name) => ({ input: { ...json('{}'), contentType: `multipart/form-data; name="${name}"` } })),
    texts.map((name) => ({ output: { ...json('{}'), contentType: name } })),
  );
};

const actions = fc.constantFrom<Partial<WrittenRule>>(
  { action: 'replace' },
  { action: 'hash' },
  { action: 'mask' },
  { action: 'drop' },
);
const others: WrittenRule[] = [
  { name: 'a-path', path: '$..a', action: 'mask', keepLast: 2 },
  { name: 'long', path: '$.b', action: 'truncate', length: 8 },
  { name: 'words', pattern: '[ef]{2,}' },
];
describe.each(CANARIES)('$value', (canary) => {
  test('is nowhere in a record that was redacted, and redacting it again changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fieldsWith(canary),
        actions,
        fc.subarray(others),
        fc.boolean(),
        async (fields, action, more, isFirst) => {
          const rule = { name: 'canary', ...canary.rule, ...action } as WrittenRule;
          const redactor = await redactorWithDetectors(...(isFirst ? [rule, ...more] : [...more, rule]));
          const { record } = redactor.record(recordOf(fields));
          const sides = [record.input, record.output].map(
            (side) => side?.encoding === 'BASE64' && Buffer.from(side.data, 'base64').toString(),
          );
          expect(shows(JSON.stringify([record, sides]), canary)).toBe(false);
          if (record.input === undefined || record.output === undefined) return;
          expect(redactor.record(record as InferenceRecord).record).toEqual(record);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('is nowhere in a label that was redacted', async () => {
    await fc.assert(
      fc.asyncProperty(fieldsWith(canary), actions, async ({ input, output, inferenceId }, action) => {
        const redactor = await redactorWithDetectors({ name: 'canary', ...canary.rule, ...action } as WrittenRule);
        for (const side of [input, output]) {
          if (side === undefined) continue;
          const { label } = redactor.label({ inferenceId, encoding: side.encoding, data: side.data });
          const text = label.encoding === 'BASE64' && Buffer.from(label.data, 'base64').toString();
          expect(shows(JSON.stringify([label, text]), canary)).toBe(false);
        }
      }),
    );
  });
});

/** A value with the secret in it, as a text, a number or a name, at any depth. */
const secrets = (secret: string) =>
  fc.letrec((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constant<unknown>(secret),
      fc.constant<unknown>(Number(secret)),
      fc.constant<unknown>({ [secret]: 1 }),
      tie('node').map((node) => [node, 1]),
      tie('node').map((node) => ({ secret: node, b: node })),
      tie('node').map((node) => JSON.stringify(node)),
    ),
  })).node;

/** JSON with a member that has the secret somewhere. */
const withSecret = (secret: string) =>
  fc.letrec((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      secrets(secret).map((value): unknown => ({ a: 1, secret: value, c: [] })),
      tie('node').map((node) => ['words', node]),
      tie('node').map((node) => ({ b: node, a: node })),
      tie('node').map((node) => JSON.stringify(node)),
    ),
  })).node;

const pathActions = fc.constantFrom<Partial<WrittenRule>>(
  { action: 'replace' },
  { action: 'hash' },
  { action: 'mask', keepLast: 4 },
  { action: 'truncate', length: 4 },
  { action: 'drop' },
);
const nameWritings: ((json: string) => string)[] = [
  ...writings.map((write) => (json: string) => write(json, 'secret')),
  (json) => json.replaceAll('secret', '\\u0073ecr\\u0065t'),
];

test('a value at a path is nowhere, however it is written', async () => {
  const canary = { value: '7135917359173591' };
  await fc.assert(
    fc.asyncProperty(
      withSecret(canary.value),
      fc.constantFrom(...nameWritings),
      pathActions,
      fc.boolean(),
      async (value, write, action, isEncoded) => {
        const text = write(JSON.stringify(value));
        const payload: Payload = isEncoded
          ? { contentType: 'application/json', encoding: 'BASE64', data: base64(text) }
          : json(text);
        const redactor = await redactorWithDetectors({ name: 'canary', path: '$..secret', ...action });
        const { record } = redactor.record(recordOf({ input: payload, output: payload, customAttributes: [text] }));
        const label = redactor.label({ inferenceId: 'x', encoding: payload.encoding, data: payload.data });
        const decoded = [record.input?.data, label.label.data].map(
          (data) => isEncoded && data && Buffer.from(data, 'base64').toString(),
        );
        expect(shows(JSON.stringify([record, label, decoded]), canary)).toBe(false);
      },
    ),
    { numRuns: 1000 },
  );
});
