import { readFile } from 'node:fs/promises';
import { RobertaTokenizer } from '@xenova/transformers/src/tokenizers.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openModelFolder } from '../model/model-folder.ts';
import type { EncodedText } from './encoded-text.ts';
import { createTokenizer } from './tokenizer.ts';
import { NEW_LETTER, NEW_NUMBER } from './unicode.ts';

const MODEL = 'test/oracles/huggingface/models/roberta';
const json = async (name: string) => JSON.parse(await readFile(`${MODEL}/${name}`, 'utf8'));
const ours = createTokenizer((await openModelFolder(MODEL)).settings.tokenizer);
const prefixing = createTokenizer((await openModelFolder(`${MODEL}-prefix`)).settings.tokenizer);
const libraryJson = await json('tokenizer.json');
// The library knows merges in their older form only, and no added token that takes white space with it.
libraryJson.model.merges = libraryJson.model.merges.map((merge: string[]) => merge.join(' '));
const library = new RobertaTokenizer({ ...libraryJson, added_tokens: [] }, await json('tokenizer_config.json'));

function tokensOf({ text, starts, ends }: EncodedText): string[] {
  return starts.map((start, token) => text.slice(start, ends[token]));
}

test.each([
  ['Where is it?', ['Where', 'is', 'it', '?']],
  ["we've it", ['w', 'e', "'", 've', 'it']],
  ['a  b', ['a', '', 'b']],
  ['𝓗ß', ['𝓗', '𝓗', 'ß']],
  ['a \n <mask> b', ['a', '<mask>', 'b']],
  ['</s>a', ['</s>', 'a']],
  ['', []],
])('every token knows where it stands, without outer spaces: %j', (text, expected) => {
  expect(tokensOf(ours.encode(text))).toEqual(expected);
});

test('every token knows its word: a piece with the space before it, or an added token', () => {
  expect(ours.encode('𝓗 it<mask>!').words).toEqual([0, 0, 1, 2, 3]);
});

test('with a prefix, the beginning of a text and the text after an added token are read as after a space', () => {
  const { ids } = prefixing.encode(' is');
  expect(prefixing.encode('is').ids).toEqual(ids);
  expect(prefixing.encode('<s>is').ids.slice(1)).toEqual(ids);
  expect(tokensOf(prefixing.encode('is'))).toEqual(['is']);
});

test('with a prefix, the first token of a window keeps one space', () => {
  const { starts, startsIfFirst } = prefixing.encode('it is');
  expect([starts, startsIfFirst]).toEqual([
    [0, 3],
    [0, 2],
  ]);
});

/** Texts of everything, and more of what matters here. */
const texts = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(' ', '  ', '\n', "'s", '🎉', 'e\u0301', 'Berlin', '1984', '</s>', '<mask>', '\ud83d', '\u00a0'),
    ),
  )
  .map((parts) => parts.join(''));

test.each([
  ['without a prefix', ours],
  ['with one', prefixing],
])('whatever the text, offsets lie in it, in order, and at the borders of characters: %s', (_, tokenizer) => {
  fc.assert(
    fc.property(texts, (text) => {
      const { ids, words, starts, ends } = tokenizer.encode(text);
      expect([words.length, starts.length, ends.length]).toEqual(Array(3).fill(ids.length));
      const borders = new Set([0]);
      let border = 0;
      for (const character of text) {
        border += character.length;
        borders.add(border);
      }
      for (let i = 0; i < ids.length; i++) {
        expect(starts[i]! <= ends[i]! && ends[i]! <= text.length).toBe(true);
        expect(borders.has(starts[i]!) && borders.has(ends[i]!)).toBe(true);
        if (i > 0) expect(ends[i]! >= ends[i - 1]! && [0, 1].includes(words[i]! - words[i - 1]!)).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

test('piece by piece gives the ids of the whole text', () => {
  // The library takes other characters for white space, letters and numbers, and added tokens apart.
  const unlike = new RegExp(`[\\x85\\ufeff${NEW_LETTER}${NEW_NUMBER}]|<mask>|</s>`, 'v');
  const alike = texts.filter((text) => !unlike.test(text));
  fc.assert(
    fc.property(alike, (text) => {
      expect(ours.encode(text).ids).toEqual(library.encode(text).slice(1, -1));
    }),
    { numRuns: 300 },
  );
});
