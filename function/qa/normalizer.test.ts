import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bertNormalizer } from './normalizer.ts';

const uncased = bertNormalizer({ lowercase: true, strip_accents: null });
const cased = bertNormalizer({ lowercase: false, strip_accents: null });
const texts = (words: ReturnType<typeof uncased>) => words.map(({ text }) => text);

test.each([
  ['Zürich', ['zurich']],
  ['ΟΔΟΣ', ['οδοσ']],
  ['İ', ['i']],
  ['한', ['\u1112\u1161\u11ab']],
  ['x≯y', ['x', '>', 'y']],
  ['\u200b\ufeff', []],
  ['東\u0301', ['東']],
])('an uncased model reads %j as %j', (piece, expected) => {
  expect(texts(uncased(piece))).toEqual(expected);
});

test.each([
  ['Zürich', ['Zürich']],
  ['x≯y', ['x≯y']],
  ['\u200bA\u00adB', ['AB']],
  ['東\u0301', ['東', '\u0301']],
])('a cased model reads %j as %j', (piece, expected) => {
  expect(texts(cased(piece))).toEqual(expected);
});

test('every code unit knows where it comes from, whatever was dropped before it or made of it', () => {
  const [word] = uncased('\u200bcafe\u0301\u00ad한𝓐');
  expect(word).toEqual({
    text: 'cafe\u1112\u1161\u11ab𝓐',
    starts: [1, 2, 3, 4, 7, 7, 7, 8, 8],
    ends: [2, 3, 4, 5, 8, 8, 8, 10, 10],
  });
});

test('a piece of letters and digits, which takes a shorter way, comes out as it does on the longer one', () => {
  // A control character is dropped, and leads off the shorter way.
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9A-Za-z]{1,80}$/), fc.boolean(), (piece, lowercase) => {
      const normalize = bertNormalizer({ lowercase, strip_accents: null });
      expect(normalize(piece)).toEqual(normalize(`${piece}\u0007`));
    }),
  );
});
