import { expect, test } from 'vitest';
import { fits, isFinished } from './batch.ts';

const LIMITS = { records: 3, bytes: 100, ageMs: 1000 };
const BATCH = { records: 2, bytes: 60, hour: '2026/11/23/21', openedMs: 5000 };

test.each([
  ['that fills it exactly', BATCH, { bytes: 40, hour: BATCH.hour }, true],
  ['that is a byte too long', BATCH, { bytes: 41, hour: BATCH.hour }, false],
  ['of another hour', BATCH, { bytes: 1, hour: '2026/11/23/22' }, false],
  ['one too many', { ...BATCH, records: 3 }, { bytes: 1, hour: BATCH.hour }, false],
])('whether a record %s fits a batch', (_, batch, record, expected) => {
  expect(fits(batch, LIMITS, record)).toBe(expected);
});

test.each([
  ['young, short and small', BATCH, 5999, false],
  ['old enough', BATCH, 6000, true],
  ['long enough', { ...BATCH, records: 3 }, 5000, true],
  ['large enough', { ...BATCH, bytes: 100 }, 5000, true],
])('whether a batch that is %s is finished', (_, batch, nowMs, expected) => {
  expect(isFinished(batch, LIMITS, nowMs)).toBe(expected);
});
