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

/** Marks of every kind: of many classes, of none, that stay where accents are dropped (U+302E, U+1D165), and that come apart (U+0344). */
const MARKS = ['\u0301', '\u0316', '\u0334', '\u0345', '\u05b0', '\u093e', '\u302e', '\u{1d165}', '\u0344', '\u0f73'];

test('marks come into their order as by bubbling up one by one, and keep the places of the text', () => {
  const strippedInPlace = (text: string) => uncased(text).map(({ text, starts, ends }) => [text, starts, ends]);
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', '\u00e9', '\u1e9b', ...MARKS), { maxLength: 12 }), (characters) => {
      expect(strippedInPlace(characters.join(''))).toEqual(bubbled(characters));
    }),
    { numRuns: 2000 },
  );
});

/** What the normaliser makes of a word without punctuation, slowly. */
function bubbled(characters: string[]): unknown[] {
  const places = characters.map((text, i) => {
    const start = characters.slice(0, i).join('').length;
    return [start, start + text.length] as const;
  });
  const parts = characters.flatMap((text) =>
    Array.from(text.normalize('NFD'), (part, i) => ({ part, first: i === 0 })),
  );
  for (let i = 1; i < parts.length; i++) {
    for (let j = i; j > 0; j--) {
      const [a, b] = [parts[j - 1]!, parts[j]!];
      if (a.part < '\u0300' || a.part === b.part || (a.part + b.part).normalize('NFD') !== b.part + a.part) break;
      [parts[j - 1], parts[j]] = [b, a];
    }
  }
  let place = -1;
  const word: [string, number[], number[]] = ['', [], []];
  for (const { part, first } of parts) {
    if (first) place++;
    if (/\p{Mn}/u.test(part)) continue;
    word[0] += part.toLowerCase();
    for (let i = 0; i < part.length; i++) {
      word[1].push(places[place]![0]);
      word[2].push(places[place]![1]);
    }
  }
  return word[0] === '' ? [] : [word];
}

test.each([
  ['of letters', 'x'.repeat(1000), 1000],
  ['of letters with accents', 'é'.repeat(1000), 1000],
  ['with marks at its end, which belong to no word', `${'é'.repeat(500)}${'\u0301'.repeat(500)}`, 500],
])('of a word %s that is too long, no more is kept than that, and where it is', (_, piece, end) => {
  const [word] = bertNormalizer({ lowercase: true, strip_accents: null }, 100)(piece);
  expect(word).toMatchObject({ text: expect.stringMatching(/^.{101}$/) });
  expect([word!.starts.length, word!.starts[0], word!.ends.at(-1)]).toEqual([101, 0, end]);
});
