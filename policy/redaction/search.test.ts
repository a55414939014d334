import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFind, DETECTORS } from '../detectors/detectors.ts';

const find = createFind(DETECTORS);
const values = fc.oneof(
  fc.constantFrom(
    'a.smith@x.org',
    '+1 (415) 555-0132',
    '4012 8888 8888 1881',
    'GB82 WEST 1234 5698 7654 32',
    '192.168.1.77',
  ),
  fc.constantFrom(
    '2001:db8::8a2e:370:7334',
    '078-05-1120',
    '943 476 5919',
    '86095742719',
    '12345678Z',
    '255081416802538',
  ),
  fc.constantFrom('AKIAIOSFODNN7EXAMPLE', 'https://u:p@h.org/x', 'ssn', 'phone', 'version', '@', '(030', ') 123456'),
  fc.stringMatching(/^[0-9 ./()+-]{0,10}$/),
  fc.string({ maxLength: 12 }),
);

test('of texts with U+0000 between them, detectors find all that they find in each, and nothing across two', () => {
  fc.assert(
    fc.property(fc.array(values, { minLength: 1, maxLength: 8 }), (texts) => {
      const joined = texts.join('\0');
      const found = find(joined);
      let before = 0;
      for (const text of texts) {
        for (const { start, end } of find(text)) {
          expect(found.some((other) => other.start <= before + start && other.end >= before + end)).toBe(true);
        }
        before += text.length + 1;
      }
      for (const { start, end } of found) expect(joined.slice(start, end)).not.toContain('\0');
    }),
    { numRuns: 3000 },
  );
});
