import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planOf } from './plan.ts';

test('a seed has one plan', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      expect(planOf(seed)).toEqual(planOf(seed));
    }),
  );
});

test('no two records of a plan have the same id', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const ids = Array.from(JSON.stringify(planOf(seed)).matchAll(/"eventId":"([^"]+)"/g), ([, id]) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }),
  );
});

test('thirty seeds have every outcome of a PUT, every fault and every step', () => {
  const many = Array.from({ length: 30 }, (_, seed) => planOf(seed + 1));
  const plans = JSON.stringify(many);
  for (const planned of [
    'hangs',
    'reset before it is read',
    'reset in the middle',
    'answered 500',
    'answered 503',
    'slow',
    'stored, answer lost',
    'stored, answer hangs',
    'extension killed before it is stored',
    'extension killed when it is stored',
    'frozen in the middle',
    'outage',
    'kill function',
    'kill extension',
    'freeze',
    'invoke',
    'while frozen',
    'shut down',
    'quota',
    'disk',
    'stall',
    'tamper',
    'folder removed',
    'files removed',
    'segment truncated',
    'segment replaced',
    'folder becomes a file',
    'step clock',
    'at once',
    'with bad lines',
    'adaptive',
    'end',
    'periodically,60',
    'at-shutdown',
    ...['inline', 'file', 'S3', 'wrong', 'not there', 'late', 'refused', 'metadata', 'detector', 'pattern', 'path'],
  ]) {
    expect(plans).toContain(`"${planned}"`);
  }
  expect(many.some(({ sharedTmp }) => sharedTmp)).toBe(true);
  expect(many.some(({ environments }) => environments.some(({ preload }) => preload))).toBe(true);
});
