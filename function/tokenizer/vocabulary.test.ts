import fc from 'fast-check';
import { expect, test } from 'vitest';
import { indexVocabulary, vocabularyOf } from './vocabulary.ts';

const token = fc.string({ unit: 'grapheme', minLength: 0, maxLength: 6 }).filter((text) => !text.includes('\n'));

test('every token has the number of its line, and no other text has one', () => {
  fc.assert(
    fc.property(fc.uniqueArray(token, { minLength: 1, maxLength: 200 }), fc.array(token), (tokens, others) => {
      const vocabulary = vocabularyOf(indexVocabulary(tokens.join('\n')));
      const ids = new Map(tokens.map((each, id) => [each, id]));
      for (const each of [...tokens, ...others, tokens.join('\n')]) {
        const expected = tokens.length === 1 && each === tokens[0] ? 0 : ids.get(each);
        expect(vocabulary.get(each)).toBe(expected);
        expect(vocabulary.has(each)).toBe(expected !== undefined);
      }
    }),
  );
});
