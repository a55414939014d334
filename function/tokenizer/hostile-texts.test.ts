import { describe, expect, test, vi } from 'vitest';
import { openModelFolder } from '../model/model-folder.ts';
import { createTokenizer, type TokenizerSettings } from './tokenizer.ts';
import { longestToken } from './vocabulary.ts';

/** Texts that somebody sends to keep a tokenizer busy: each as a function of its length. */
const HOSTILE: [string, (length: number) => string][] = [
  ['one word', (n) => 'x'.repeat(n)],
  ['one word of different letters', (n) => letters(n)],
  ['one word with accents', (n) => 'é'.repeat(n)],
  ['one number', (n) => '1'.repeat(n)],
  ['marks that are in order', (n) => `a${'\u0301'.repeat(n)}`],
  ['marks in the wrong order', (n) => `a${'\u0301\u0316'.repeat(n / 2)}`],
  ['marks in the wrong order that stay', (n) => `a${'\u0301\u302e'.repeat(n / 2)}`],
  ['marks that come apart', (n) => '\u0344\u0316'.repeat(n / 2)],
  ['syllables that come apart', (n) => '한'.repeat(n)],
  ['letters that become punctuation', (n) => '≯'.repeat(n)],
  ['characters that are dropped', (n) => '\u200b'.repeat(n)],
  ['lone surrogates', (n) => '\ud83d'.repeat(n)],
  ['emoji', (n) => '👍'.repeat(n / 2)],
  ['ideographs', (n) => '東'.repeat(n)],
  ['punctuation', (n) => '!'.repeat(n)],
  ['the beginnings of added tokens', (n) => '[<'.repeat(n / 2)],
  ['added tokens', (n) => '[SEP]</s>'.repeat(n / 9)],
  ['white space', (n) => `${' '.repeat(n)}a`],
  ['white space before tokens that take it with them', (n) => `${' '.repeat(100)}<mask>`.repeat(n / 106)],
  ['white space of every kind', (n) => `${' \n\u00a0\u2028'.repeat(n / 4)}a`],
  ['words as long as words may be', (n) => (letters(n).match(/.{100}/g) ?? []).join(' ')],
  ['words of which none comes twice', (n) => (letters(n).match(/.{5}/g) ?? []).join(' ')],
  ['contractions', (n) => "'s".repeat(n / 2)],
];

/** The same letters each time, in no order. */
function letters(length: number): string {
  let state = 1;
  let text = '';
  for (let i = 0; i < length; i++) {
    state = (state * 48_271) % 0x7fffffff;
    text += String.fromCharCode(97 + (state % 26));
  }
  return text;
}

describe.each([
  ['WordPiece', 'model'],
  ['BPE', 'test/oracles/huggingface/models/roberta'],
])('%s', async (_, folder) => {
  const settings = (await openModelFolder(folder)).settings.tokenizer;
  const { vocab } = settings.model;

  /** What a tokenizer that is new does for a text: lookups in the vocabulary, checks of the time, and normalisations. */
  function work(text: string): { lookups: number; timeChecks: number; normalizations: number } {
    const done = { lookups: 0, timeChecks: 0, normalizations: 0 };
    const counted = {
      longestToken: longestToken(vocab),
      has: (token: string) => counted.get(token) !== undefined,
      get: (token: string) => {
        done.lookups++;
        return vocab.get(token);
      },
    };
    const { encode } = createTokenizer({
      ...settings,
      model: { ...settings.model, vocab: counted },
    } as TokenizerSettings);
    const normalize = vi.spyOn(String.prototype, 'normalize');
    encode(text, () => {
      done.timeChecks++;
    });
    done.normalizations = normalize.mock.calls.length;
    normalize.mockRestore();
    return done;
  }

  test.each(HOSTILE)('of twice as much, twice the work: %s', (_, text) => {
    const [once, twice] = [work(text(2000)), work(text(4000))];
    const few = 200;
    for (const kind of ['lookups', 'timeChecks', 'normalizations'] as const) {
      expect(twice[kind], kind).toBeLessThan(few + 2.5 * once[kind]);
    }
    expect(once.lookups).toBeLessThan(few + 25 * 2000);
  });

  test.each(HOSTILE)('time can run out while it is read: %s', (_, text) => {
    const { encode } = createTokenizer(settings);
    const timeIsUp = () => {
      throw new Error('time is up');
    };
    expect(() => encode(text(2000), timeIsUp)).toThrow('time is up');
  });
});
