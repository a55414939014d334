import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFind, DETECTORS } from '../detectors/detectors.ts';
import { json, recordOf, redactorOf, redactorWithDetectors, type WrittenRule } from './fixtures/redact.ts';

/** Parts of values, values, and words that explain the numbers near them. */
const PARTS = [
  ...[
    'a@x.org',
    '@',
    'x.org',
    'a',
    '"',
    '.',
    ' ',
    '-',
    '+',
    '(',
    ')',
    ':',
    '/',
    '://',
    'u:p@h',
    'é',
    '４',
    '漢',
    '\u200b',
  ],
  ...[
    '4111 1111 1111 1111',
    '4111',
    '1111',
    '1',
    '12345',
    '+49 30 901820',
    '202 555 0143',
    '192.168.',
    '17.4',
    '2001:db8::1',
  ],
  ...['943 476 5919', '078-05-1120', '219099999', 'DE89', '370400440532013000', 'X1234567L', '85 05 78 006 084 36'],
  ...['AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'eyJhbGciOiJub25lIn0.', 'e30.'],
  ...['phone', 'NHS', 'SSN', 'version ', 'v', 'secret', 'Steuer-ID', 'tel', 'fax:', 'DNI'],
];
const texts = fc.array(fc.constantFrom(...PARTS), { maxLength: 5 }).map((parts) => parts.join(''));
const detectors = fc.oneof(fc.constant([...DETECTORS]), fc.subarray([...DETECTORS], { minLength: 1, maxLength: 3 }));

test('no finding goes beyond U+0000, and none is lost by what is beyond it', () => {
  fc.assert(
    fc.property(texts, texts, texts, detectors, (before, text, after, names) => {
      const find = createFind(names);
      const [from, to] = [before.length + 1, before.length + 1 + text.length];
      const findings = find(`${before}\0${text}\0${after}`);
      for (const { start, end } of findings) {
        expect([from, to + 1].some((border) => start < border && end >= border)).toBe(false);
      }
      for (const { start, end } of find(text)) {
        const covers = findings.some((finding) => finding.start <= start + from && finding.end >= end + from);
        expect({ start, end, covers }).toEqual({ start, end, covers: true });
      }
    }),
    { numRuns: 20_000 },
  );
});

/** What is left of a text, without what stands where values were. */
const left = (text: string) => text.replace(/\[[a-z0-9-]+\]/g, '\n');

test('what is found in a text is found in it among others, as a value and as a name', async () => {
  const redactor = await redactorWithDetectors({ name: 'all', detect: 'all' });
  const redacted = (value: unknown) => JSON.parse(redactor.record(recordOf({ input: json(value) })).record.input!.data);
  fc.assert(
    fc.property(fc.array(texts, { minLength: 2, maxLength: 5 }), fc.nat(4), (all, at) => {
      const text = all[at % all.length]!;
      const alone: string = redacted([text])[0];
      const among: string = redacted(all)[at % all.length];
      for (const part of left(among).split('\n')) expect(left(alone)).toContain(part);
      expect(Object.values(redacted({ [all[0]!]: text }))[0]).toSatisfy((value: string) =>
        left(value)
          .split('\n')
          .every((part) => left(alone).includes(part)),
      );
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['next to U+0000', 'a@x.org\0b@x.org', '[email]\0[email]'],
  ['around U+0000', 'a@\0x.org and 41111111\u000011111111', 'a@\0x.org and 41111111\u000011111111'],
  ['with U+0000 alone in other texts', '\0', '\0'],
  ['with nothing in other texts', '', ''],
])('a value %s', async (_name, text, expected) => {
  const redactor = await redactorOf({ name: 'mail', detect: ['email'] }, { name: 'cards', detect: ['card'] });
  const { record } = redactor.record(recordOf({ input: json(['\0', text, 'c@x.org', text, '']) }));
  expect(JSON.parse(record.input!.data)).toEqual(['\0', expected, '[email]', expected, '']);
});

test('a pattern is searched in each text by itself', async () => {
  const rule: WrittenRule = { name: 'staff', pattern: '\\bstaff\\b' };
  const redactor = await redactorOf(rule);
  const { record } = redactor.record(recordOf({ input: json(['no\0staff', 'staff', 'sta', 'ff']) }));
  expect(JSON.parse(record.input!.data)).toEqual(['no\0[staff]', '[staff]', 'sta', 'ff']);
});
