import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wordSplitter } from './words.ts';

const split = wordSplitter([
  { id: 102, content: '[SEP]' },
  { id: 100, content: '[UNK]' },
  { id: 200, content: 'madeup' },
  { id: 201, content: 'madeuplonger' },
]);
const pieces = (text: string) => split(text).map(({ start, end }) => text.slice(start, end));

test.each([
  ['My name is Wolfgang.', ['My', 'name', 'is', 'Wolfgang', '.']],
  ['$1,234.56 (U.S.)', ['$', '1', ',', '234', '.', '56', '(', 'U', '.', 'S', '.', ')']],
  ['AT&T’s  tab\tline\r\nend\u00a0nbsp', ['AT', '&', 'T', '’', 's', 'tab', 'line', 'end', 'nbsp']],
  ['東京は日本', ['東', '京', 'は', '日', '本']],
  ['カタカナ 한국어', ['カタカナ', '한국어']],
  ['naïve re\u0301sume\u0301', ['naïve', 're\u0301sume\u0301']],
  ['a 👍🏽 b', ['a', '👍🏽', 'b']],
  ['soft\u00adhyphen zero\u200bwidth', ['soft\u00adhyphen', 'zero\u200bwidth']],
  ['literal [SEP] and [sep]', ['literal', '[SEP]', 'and', '[', 'sep', ']']],
  ['in[SEP]side', ['in', '[SEP]', 'side']],
  ['remadeuply madeuplonger', ['re', 'madeup', 'ly', 'madeuplonger']],
  ['שלום עולם', ['שלום', 'עולם']],
  ['a+b=c^d`e|f~g<h>', ['a', '+', 'b', '=', 'c', '^', 'd', '`', 'e', '|', 'f', '~', 'g', '<', 'h', '>']],
  ['', []],
  [' \n\t ', []],
])('%j has the pieces %j', (text, expected) => {
  expect(pieces(text)).toEqual(expected);
});

test('an added token has its id, other text has none', () => {
  expect(split('a [SEP]').map(({ addedId }) => addedId)).toEqual([undefined, 102]);
});

test('pieces stand in order and leave out nothing but white space', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      let at = 0;
      for (const { start, end } of split(text)) {
        expect(text.slice(at, start)).toMatch(/^[\t\n\r\p{Z}]*$/u);
        expect(end).toBeGreaterThan(start);
        at = end;
      }
      expect(text.slice(at)).toMatch(/^[\t\n\r\p{Z}]*$/u);
    }),
  );
});
