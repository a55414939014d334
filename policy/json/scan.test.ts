import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonNode } from './node.ts';
import { writtenAs } from './node.ts';
import { scanJson, TOO_DEEP } from './scan.ts';
import { escapedAt, placeOf } from './text.ts';

/** The value that a node says, as JSON.parse would make it. */
function said(node: JsonNode): unknown {
  if (node.kind === 'string') return node.content!.text;
  if (node.kind === 'array') return node.children.map(said);
  if (node.kind === 'object')
    return Object.fromEntries(node.children.map((child) => [child.name!.content!.text, said(child)]));
  return JSON.parse(writtenAs(node));
}

function read(text: string) {
  const document = scanJson(text, true);
  if (document === undefined || document === TOO_DEEP) throw new Error('Expected JSON');
  return document;
}

/** JSON as others write it: with white space, escapes that are not needed, and JSON in strings. */
const jsonTexts = fc
  .tuple(fc.jsonValue({ stringUnit: 'binary' }), fc.constantFrom(undefined, 1, '\t'), fc.boolean(), fc.boolean())
  .map(([value, space, isEscaped, isNested]) => {
    const text = JSON.stringify(isNested ? { body: JSON.stringify(value) } : value, null, space);
    return isEscaped
      ? text.replace(/[^\0-\x7f@/]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      : text;
  });

test('a JSON text has the values that JSON.parse makes of it', () => {
  fc.assert(
    fc.property(jsonTexts, (text) => {
      const value = said(read(text).roots[0]!);
      // Compared as texts: JSON.parse knows -0, and a member that is called __proto__.
      expect(JSON.stringify(value)).toBe(JSON.stringify(JSON.parse(text)));
    }),
    { numRuns: 500 },
  );
});

test('a text that was damaged is JSON wherever JSON.parse takes it', () => {
  const damaged = fc
    .tuple(jsonTexts, fc.nat(), fc.constantFrom('', '"', '\\', '{', ']', ',', ':', '\\u00', '1', ' ', 'e'))
    .map(([text, at, unit]) => text.slice(0, at % (text.length + 1)) + unit + text.slice((at % (text.length + 1)) + 1));
  const isJson = (text: string) => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  fc.assert(
    fc.property(damaged, (text) => {
      const document = scanJson(text, true);
      if (isJson(text)) expect(document).toBeDefined();
    }),
    { numRuns: 2000 },
  );
});

test('every place of a string, however often it is escaped, is where its character is written in the payload', () => {
  fc.assert(
    fc.property(jsonTexts, (text) => {
      for (const { content } of read(text).leaves) {
        if (content === undefined) continue;
        for (let index = 0; index < content.text.length; index++) {
          let written = text.slice(placeOf(content, index), placeOf(content, index + 1));
          for (let level = 0; level < content.level; level++) written = JSON.parse(`"${written}"`);
          expect(written).toBe(content.text[index]);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['two members of one name', '{"a":"x","a":"y"}', ['a', 'x', 'a', 'y']],
  ['JSON Lines', '{"a":"x"}\n{"a":"y"}\n', ['a', 'x', 'a', 'y']],
  ['what Python writes', '{"a":NaN,"b":-Infinity,"c":"x\ny"}', ['a', 'b', 'c', 'x\ny']],
  ['a telephone number that nobody quoted', '{"a":+49-151-23456789}', ['a', '+49-151-23456789']],
  ['a byte order mark', '\uFEFF["x"]', ['x']],
  ['JSON in a string in a string', JSON.stringify(JSON.stringify(JSON.stringify(['x']))), ['x']],
  ['no JSON: several numbers', '4111 1111 1111 1111', undefined],
  ['no JSON: a word', '{"a":smith}', undefined],
  ['no JSON: an escape that JSON does not know', '"\\x41"', undefined],
  ['no JSON: the end is missing', '{"a":["x"', undefined],
])('%s', (_name, text, expected) => {
  const document = scanJson(text, true);
  expect(document).not.toBe(TOO_DEEP);
  const leaves = document === TOO_DEEP ? [] : document?.leaves;
  expect(leaves?.map((leaf) => leaf.content?.text ?? writtenAs(leaf))).toEqual(expected);
});

test.each([
  ['arrays', `${'['.repeat(600)}${']'.repeat(600)}`],
  ['a million arrays, which nobody closes', '['.repeat(1_000_000)],
  ['strings that are JSON', Array.from({ length: 12 }).reduce<string>((text) => JSON.stringify([text]), 'x')],
])('what is nested too deeply is not read: %s', (_name, text) => {
  expect(scanJson(text, true)).toBe(TOO_DEEP);
});

test('a text is escaped as often as the string is that it is written into', () => {
  expect(JSON.parse(JSON.parse(`"${escapedAt(1, JSON.stringify('a"\\'))}"`))).toBe('a"\\');
});
