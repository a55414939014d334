import fc from 'fast-check';
import { query } from 'json-p3';
import { expect, test } from 'vitest';
import { type JsonNode, writtenAs } from '../json/node.ts';
import { scanJson, TOO_DEEP } from '../json/scan.ts';
import { readPath } from './path.ts';
import { select } from './select.ts';

function selected(path: string, text: string): JsonNode[] {
  const document = scanJson(text, true);
  if (document === undefined || document === TOO_DEEP) throw new Error('Expected JSON');
  return select(readPath(path), document.roots);
}

/** The names and indices that lead to a node. */
function location(node: JsonNode): (string | number)[] {
  if (node.parent === undefined) return [];
  return [...location(node.parent), node.name?.content?.text ?? node.parent.children.indexOf(node)];
}

const names = fc.constantFrom('a', 'b', 'c', 'häß');
const { value: documents } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(1, 'x', null, true),
    tie('object'),
    tie('array'),
  ),
  object: fc.dictionary(names, tie('value'), { maxKeys: 3 }),
  array: fc.array(tie('value'), { maxLength: 4 }),
}));
const index = fc.integer({ min: -4, max: 4 });
const bound = fc.option(index, { nil: '' });
const selectors = fc.oneof(
  names.map((name) => `'${name}'`),
  index.map(String),
  fc.constant('*'),
  fc.tuple(bound, bound).map((bounds) => bounds.join(':')),
  fc.tuple(bound, bound, index).map((bounds) => bounds.join(':')),
);
const steps = fc.oneof(
  names.map((name) => `.${name}`),
  names.map((name) => `..${name}`),
  fc.constantFrom('.*', '..*'),
  fc.array(selectors, { minLength: 1, maxLength: 3 }).map((each) => `[${each.join(', ')}]`),
  fc.array(selectors, { minLength: 1, maxLength: 2 }).map((each) => `..[${each.join(',')}]`),
);
const jsonPaths = fc.array(steps, { minLength: 1, maxLength: 4 }).map((each) => `$${each.join('')}`);

test('a JSONPath selects what a library of others selects', () => {
  fc.assert(
    fc.property(jsonPaths, documents, (path, document) => {
      const text = JSON.stringify(document);
      const expected = Array.from(query(path, JSON.parse(text)), (node) => JSON.stringify(node.location));
      expect(new Set(selected(path, text).map((node) => JSON.stringify(location(node))))).toEqual(new Set(expected));
    }),
    { numRuns: 2000 },
  );
});

/** RFC 6901, section 5. */
const EXAMPLES = {
  foo: ['bar', 'baz'],
  '': 0,
  'a/b': 1,
  'c%d': 2,
  'e^f': 3,
  'g|h': 4,
  'i\\j': 5,
  'k"l': 6,
  ' ': 7,
  'm~n': 8,
};

test.each([
  ['/foo', ['["bar","baz"]']],
  ['/foo/0', ['"bar"']],
  ['/', ['0']],
  ['/a~1b', ['1']],
  ['/c%d', ['2']],
  ['/e^f', ['3']],
  ['/g|h', ['4']],
  ['/i\\j', ['5']],
  ['/k"l', ['6']],
  ['/ ', ['7']],
  ['/m~0n', ['8']],
  ['/foo/00', []],
  ['/foo/2', []],
  ['/foo/-', []],
])('the JSON pointer %s', (pointer, expected) => {
  expect(selected(pointer, JSON.stringify(EXAMPLES)).map(writtenAs)).toEqual(expected);
});

test('a path reaches into a string that is JSON, and selects the string itself', () => {
  const text = JSON.stringify({ body: JSON.stringify({ customer: { name: 'Anna' } }) });
  expect(selected('$.body.customer.name', text).map(({ content }) => content!.text)).toEqual(['Anna']);
  expect(selected('/body/customer/name', text).map(({ content }) => content!.text)).toEqual(['Anna']);
  expect(selected('$..name', text)).toHaveLength(1);
  expect(selected('$.body', text).map(({ kind }) => kind)).toEqual(['string']);
});

test('a path selects both of two members of one name, and values in every line of JSON Lines', () => {
  expect(selected('$.a', '{"a":1,"a":2}').map(writtenAs)).toEqual(['1', '2']);
  expect(selected('$.a', '{"a":1}\n{"a":2}').map(writtenAs)).toEqual(['1', '2']);
});

test('many steps into everything take linear time', () => {
  const text = `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`;
  expect(selected(`$${'..a'.repeat(100)}`, text)).toHaveLength(401);
});

test.each([
  '$.a[?@.b]',
  '$[?match(@.a, "(a+)+")]',
  '$.a[',
  '$a',
  '$.a b',
  '$[9007199254740992]',
  '$[::-9007199254740992]',
  '/a~2',
])('the path %s is refused', (path) => {
  expect(() => readPath(path)).toThrow(/^Expected .*JSON/);
});
