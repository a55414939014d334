import { expect, test } from 'vitest';
import { createFind, DETECTORS, type DetectorName, type Finding } from './detectors.ts';
import { withoutOverlaps } from './overlaps.ts';

const finding = (start: number, end: number, name: DetectorName): Finding => ({ start, end, name });
const merged = (...findings: Finding[]) => withoutOverlaps(findings, DETECTORS);

test('findings that touch are two', () => {
  const [one, other] = [finding(0, 4, 'card'), finding(4, 9, 'phone')];
  expect(merged(other, one)).toEqual([one, other]);
});

test('of two findings the longer one gives the name, and nothing that either found is left out', () => {
  expect(merged(finding(3, 9, 'phone'), finding(0, 4, 'email'))).toEqual([finding(0, 9, 'phone')]);
  expect(merged(finding(0, 9, 'card'), finding(2, 5, 'phone'))).toEqual([finding(0, 9, 'card')]);
});

test('of two findings of one length the first detector gives the name', () => {
  expect(merged(finding(0, 4, 'uk-nhs'), finding(0, 4, 'phone'))).toEqual([finding(0, 4, 'phone')]);
});

test('a password that looks like an address is part of the URL', () => {
  const text = 'ftp://me:secret@example.org/';
  expect(createFind(DETECTORS)(text)).toEqual([finding(0, text.length - 1, 'url-credentials')]);
});
