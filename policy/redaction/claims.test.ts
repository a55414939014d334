import fc from 'fast-check';
import { expect, test } from 'vitest';
import { json, recordOf, redactorOf, type WrittenRule } from './fixtures/redact.ts';

/** No character is there twice, nor in a token or among the asterisks of a mask. */
const TEXT = 'ァアィイゥウェエォオカガキギクグケゲコゴ';
const LETTERS = [...TEXT];

const patterns = fc
  .array(fc.subarray(LETTERS, { minLength: 1, maxLength: 16 }), { minLength: 1, maxLength: 4 })
  .map((letters) => letters.map((each) => `[${each.join('')}]${each.length > 8 ? '+' : ''}`).join('|'));
const actions = fc.constantFrom<Partial<WrittenRule>>(
  { action: 'replace' },
  { action: 'hash' },
  { action: 'mask' },
  { action: 'drop' },
);
const rules = fc
  .array(fc.tuple(patterns, actions), { minLength: 1, maxLength: 4 })
  .map((all) =>
    all.map(
      ([pattern, action], at) => ({ ...action, name: `rule-${at}`, pattern }) as WrittenRule & { pattern: string },
    ),
  );

test('of findings that overlap nothing stays visible, and all else does', async () => {
  await fc.assert(
    fc.asyncProperty(rules, async (all) => {
      const { record, redacted = {} } = (await redactorOf(...all)).record(recordOf({ input: json({ a: TEXT }) }));
      const result: string = JSON.parse(record.input!.data).a;
      const found = new Set(
        all.flatMap(({ pattern }) => [...TEXT.matchAll(new RegExp(pattern, 'g'))].flatMap(([text]) => [...text])),
      );
      expect(LETTERS.filter((letter) => result.includes(letter))).toEqual(
        LETTERS.filter((letter) => !found.has(letter)),
      );

      // The first rule takes all that it finds, and no other one takes of that.
      const first = [...TEXT.matchAll(new RegExp(all[0]!.pattern, 'g'))];
      expect(redacted['rule-0'] ?? 0).toBe(first.length);
      if (all[0]!.action === 'replace') expect(result.split('[rule-0]')).toHaveLength(first.length + 1);
    }),
    { numRuns: 1000 },
  );
});
