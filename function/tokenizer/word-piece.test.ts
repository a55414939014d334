import { readFile } from 'node:fs/promises';
import { BertTokenizer, TokenizerModel } from '@xenova/transformers/src/tokenizers.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openModelFolder } from '../model/model-folder.ts';
import { createTokenizer } from './tokenizer.ts';
import { wordPiece } from './word-piece.ts';

const json = async (name: string) => JSON.parse(await readFile(`model/${name}`, 'utf8'));
const tokenizerJson = await json('tokenizer.json');
const tokenizerConfig = await json('tokenizer_config.json');
const ours = createTokenizer((await openModelFolder('model')).settings.tokenizer);
const library = new BertTokenizer(tokenizerJson, tokenizerConfig);

function tokensOf(text: string): string[] {
  const { starts, ends } = ours.encode(text);
  return starts.map((start, token) => text.slice(start, ends[token]));
}

test.each([
  'My name is Wolfgang and I live in Berlin.',
  '$1,234.56 (U.S.) in 2019-20, AT&T; unbelievably antidisestablishmentarianism!',
  'Zoë’s café in São Paulo — “naïve” re\u0301sume\u0301…',
  '東京 is Tokyo; 한국어, カタカナ',
  'tabs\tand\r\nlines, soft\u00adhyphen, zero\u200bwidth, null\0byte',
  `${'x'.repeat(100)} ${'y'.repeat(101)}`,
  'a literal [SEP] and [MASK] inside',
  'مرحبا بالعالم и здравствуй, мир',
])('word by word gives the ids of the whole text: %s', (text) => {
  expect(ours.encode(text).ids).toEqual(library.encode(text).slice(1, -1));
});

test.each([
  ['Unbelievably, naïve', ['Un', 'bel', 'ie', 'va', 'bly', ',', 'naïve']],
  ['cafe\u0301!', ['cafe', '!']],
  ['\u200bsoft\u00adly', ['soft\u00adly']],
  [`a ${'y'.repeat(101)}`, ['a', 'y'.repeat(101)]],
  ['[SEP]ia', ['[SEP]', 'ia']],
  ['\u200b\u200b', []],
])('every token knows where it stands: %j', (text, expected) => {
  expect(tokensOf(text)).toEqual(expected);
});

test('every token knows its word', () => {
  expect(ours.encode('\u200b Unbelievably, x≯y [SEP]').words).toEqual([0, 0, 0, 0, 0, 1, 2, 3, 4, 5]);
});

test('a lone surrogate is read as the replacement character, which is dropped', () => {
  expect(ours.encode('Ber\ud83dlin').ids).toEqual(ours.encode('Berlin').ids);
});

test('whatever the text, offsets lie in it, in order, and words are numbered', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const { ids, words, starts, ends } = ours.encode(text);
      expect([words.length, starts.length, ends.length]).toEqual(Array(3).fill(ids.length));
      for (let i = 0; i < ids.length; i++) {
        expect(starts[i]! < ends[i]! && ends[i]! <= text.length).toBe(true);
        expect(words[i]! - (words[i - 1] ?? 0)).toBeOneOf(i === 0 ? [0] : [0, 1]);
        if (i > 0) expect(starts[i]).toBeGreaterThanOrEqual(starts[i - 1]!);
      }
    }),
  );
});

test('word by word gives the ids of the whole text, whatever it is', () => {
  // The library strips the accents of Latin script only, and knows another Unicode: see normalizer.ts.
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.integer({ min: 0x20, max: 0x17f }).map((code) => String.fromCodePoint(code)),
        maxLength: 200,
      }),
      (text) => {
        expect(ours.encode(text).ids).toEqual(library.encode(text).slice(1, -1));
      },
    ),
  );
});

describe('a word by itself', () => {
  const settings = tokenizerJson.model;
  const libraryWords = TokenizerModel.fromConfig(settings);
  const wordsOf = (longestWord: number) =>
    wordPiece({
      ...settings,
      vocab: new Map(Object.entries(settings.vocab)),
      max_input_chars_per_word: longestWord,
    });
  const ids = (word: string) => libraryWords.convert_tokens_to_ids(libraryWords([word]));
  const parts = fc.constantFrom(
    'un',
    'bel',
    'iev',
    'able',
    'x',
    'qz',
    '1984',
    'é',
    '한',
    '👍',
    '\ud83d',
    '东',
    'ing',
    '##s',
  );

  test('has the ids of the library, whatever it is, and its tokens are all of it', () => {
    const ours = wordsOf(100);
    fc.assert(
      fc.property(fc.array(parts, { minLength: 1, maxLength: 60 }), (each) => {
        const word = each.join('');
        const tokens = ours(word);
        expect(tokens.map(([id]) => id)).toEqual(ids(word));
        expect([tokens[0]![1], ...tokens.map(([, , end]) => end)]).toEqual([
          0,
          ...tokens.slice(1).map(([, first]) => first),
          word.length,
        ]);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([99, 100, 101, 200, 201, 5000])('of %i characters is known as far as the library knows it', (length) => {
    for (const character of ['a', 'é', '👍', '\u{1d4d0}']) {
      const word = character.repeat(length);
      expect(
        wordsOf(100)(word).map(([id]) => id),
        character,
      ).toEqual(ids(word));
      expect(ours.encode(word).ids, character).toEqual(library.encode(word).slice(1, -1));
    }
  });

  test('may have as many characters as its model says', () => {
    const [unknown] = ids('👍'.repeat(101));
    expect(wordsOf(3)('ing')).not.toEqual([[unknown, 0, 3]]);
    expect(wordsOf(2)('ing')).toEqual([[unknown, 0, 3]]);
  });
});
