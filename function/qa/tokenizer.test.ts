import { readFile } from 'node:fs/promises';
import { BertTokenizer } from '@xenova/transformers/src/tokenizers.js';
import { expect, test } from 'vitest';
import { createTokenizer } from './tokenizer.ts';

const json = async (name: string) => JSON.parse(await readFile(`model/${name}`, 'utf8'));
const tokenizerJson = await json('tokenizer.json');
const tokenizerConfig = await json('tokenizer_config.json');
const ours = createTokenizer(tokenizerJson, tokenizerConfig);
const library = new BertTokenizer(tokenizerJson, tokenizerConfig);

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

test('every token knows its word', () => {
  const text = 'Unbelievable, naïve Zürich';
  const { words, ids, tokenWord } = ours.encode(text);
  expect(tokenWord).toHaveLength(ids.length);
  expect([...new Set(tokenWord)].map((index) => text.slice(words[index]!.start, words[index]!.end))).toEqual([
    'Unbelievable',
    ',',
    'naïve',
    'Zürich',
  ]);
});

test('a word that is nothing but control characters has no token', () => {
  expect(ours.encode('\u200b\u200b').ids).toEqual([]);
});

test.each([
  ['the marks of Devanagari', 'हिन्दी', 'ह\u093fनद\u0940'],
  ['a final sigma', 'ΟΔΟΣ', 'οδοσ'],
])('%s goes the way of the Rust tokenizer, not of the JavaScript one', (_, text, normalized) => {
  expect(ours.encode(text).ids).toEqual(library.encode(normalized).slice(1, -1));
});
