import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compilePath } from './values.ts';

// RFC 9535, figure 1.
const book = [
  { category: 'reference', author: 'Nigel Rees', price: 8.95 },
  { category: 'fiction', author: 'Evelyn Waugh', price: 12.99 },
  { category: 'fiction', author: 'Herman Melville', isbn: '0-553-21311-3', price: 8.99 },
];
const store = { store: { book, bicycle: { color: 'red', price: 399 } } };

test.each([
  ['$', [store]],
  ['$.store.book[*].author', ['Nigel Rees', 'Evelyn Waugh', 'Herman Melville']],
  ['$..price', [8.95, 12.99, 8.99, 399]],
  ['$.store.book[-1].isbn', ['0-553-21311-3']],
  ['$.store.book[3]', []],
  ['$.store.book[:2].author', ['Nigel Rees', 'Evelyn Waugh']],
  ['$.store.book[::-2].author', ['Herman Melville', 'Nigel Rees']],
  ["$['store']['bicycle']['color', 'price']", ['red', 399]],
  ['$.store.toString', []],
  ['$.store.book.length', []],
  ['/store/bicycle/color', ['red']],
  ['/store/book/2/isbn', ['0-553-21311-3']],
  ['/store/book/02/isbn', []],
  ['/store/book/-1', []],
])('%s', (path, values) => {
  expect(compilePath(path)(store)).toEqual(values);
});

// RFC 6901, section 5.
test.each([
  ['/foo/0', ['bar']],
  ['/', [0]],
  ['/a~1b', [1]],
  ['/m~0n', [8]],
  ['/ ', [7]],
])('the pointer %j', (pointer, values) => {
  expect(compilePath(pointer)({ foo: ['bar', 'baz'], '': 0, 'a/b': 1, ' ': 7, 'm~n': 8 })).toEqual(values);
});

test('a path leads into a string that is JSON', () => {
  expect(compilePath('$.body.customer.id')({ body: '{"customer":{"id":7}}' })).toEqual([7]);
  expect(compilePath('$.body')({ body: '{"customer":{"id":7}}' })).toEqual(['{"customer":{"id":7}}']);
});

test('no path fails on any JSON, and none finds more than a bounded number of values', () => {
  const paths = ['$..*', '$..[0]..*', '$.a[*].b', '$[::-1]', '/a/0/b', '$..a..b..c'].map(compilePath);
  fc.assert(fc.property(fc.jsonValue(), (json) => paths.every((valuesAt) => valuesAt(json).length <= 1000)));
  const wide = Array.from({ length: 5000 }, () => ({ a: 1 }));
  for (const valuesAt of paths) expect(valuesAt(wide).length).toBeLessThanOrEqual(1000);
});
