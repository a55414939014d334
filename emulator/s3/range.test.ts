import { expect, test } from 'vitest';
import { type Range, rangeOf } from './range.ts';

const WHOLE = undefined;
const ranges: [header: string | undefined, bytes: number, Range | 'unsatisfiable' | undefined][] = [
  [undefined, 10, WHOLE],
  ['bytes=0-0', 10, { start: 0, end: 0 }],
  ['bytes=2-4', 10, { start: 2, end: 4 }],
  ['bytes=7-', 10, { start: 7, end: 9 }],
  ['bytes=7-99', 10, { start: 7, end: 9 }],
  ['bytes=-2', 10, { start: 8, end: 9 }],
  ['bytes=-99', 10, { start: 0, end: 9 }],
  ['Bytes=1-2', 10, { start: 1, end: 2 }],
  [`bytes=1-${'9'.repeat(400)}`, 10, { start: 1, end: 9 }],
  ['bytes=10-', 10, 'unsatisfiable'],
  ['bytes=10-20', 10, 'unsatisfiable'],
  [`bytes=${'9'.repeat(400)}-`, 10, 'unsatisfiable'],
  ['bytes=-0', 10, 'unsatisfiable'],
  ['bytes=0-', 0, 'unsatisfiable'],
  ['bytes=-5', 0, 'unsatisfiable'],
  // Several, and what is no range, S3 ignores.
  ['bytes=0-1,3-4', 10, WHOLE],
  ['bytes=4-2', 10, WHOLE],
  ['bytes=-', 10, WHOLE],
  ['bytes=a-b', 10, WHOLE],
  ['lines=1-2', 10, WHOLE],
  ['', 10, WHOLE],
];
test.each(ranges)('%s of %i bytes', (header, bytes, range) => {
  expect(rangeOf(header, bytes)).toEqual(range);
});
