import { expect, test } from 'vitest';
import { mergeGlobals } from './globals.ts';

const merges: [what: string, global: unknown, own: unknown, merged: unknown][] = [
  ['a value of the resource alone', undefined, 1, 1],
  ['a value of Globals alone', 1, undefined, 1],
  ['a value of both', 1, 2, 2],
  ['false, which is a value', true, false, false],
  ['null, which is a value', 1, null, null],
  ['maps', { a: 1, b: 1 }, { b: 2, c: 2 }, { a: 1, b: 2, c: 2 }],
  ['maps in maps', { m: { a: 1, b: 1 } }, { m: { b: 2 } }, { m: { a: 1, b: 2 } }],
  ['lists', [1, 2], [2, 3], [1, 2, 2, 3]],
  ['lists in maps', { l: [1] }, { l: [2] }, { l: [1, 2] }],
  ['a list and a map', [1], { a: 1 }, { a: 1 }],
  ['an intrinsic function of the resource', { a: 1 }, { Ref: 'A' }, { Ref: 'A' }],
  ['an intrinsic function of Globals', { 'Fn::If': [] }, { a: 1 }, { a: 1 }],
  ['what every object has', {}, { constructor: 1 }, { constructor: 1 }],
];
test.each(merges)('of %s', (_what, global, own, merged) => {
  expect(mergeGlobals(global, own)).toEqual(merged);
});
