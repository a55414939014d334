import { expect, test } from 'vitest';
import { scopesOf } from './prefixes.ts';

const prefixes = (prefix: string, labels?: string) => {
  const { record, label, payload } = scopesOf({ prefix, endpoint: 'qa', variant: 'AllTraffic' }, labels);
  return [record.prefix, label.prefix, payload.prefix];
};

test.each([
  ['records', undefined, ['records', 'ground-truth', 'payloads']],
  ['team/qa/records', undefined, ['team/qa/records', 'team/qa/ground-truth', 'team/qa/payloads']],
  ['records', 'truth/of/qa', ['records', 'truth/of/qa', 'payloads']],
  ['records', 'records-labels', ['records', 'records-labels', 'payloads']],
  ['team/payloads', undefined, ['team/payloads', 'team/ground-truth', 'team/payloads-2']],
  ['', undefined, ['', 'ground-truth', 'payloads']],
])('beside records under "%s", labels under %j, nothing lies below anything else', (records, labels, expected) => {
  expect(prefixes(records, labels)).toEqual(expected);
});

test.each([
  ['the records', 'records', 'records'],
  ['a prefix below the records', 'records', 'records/labels'],
  ['a prefix that contains the records', 'team/records', 'team'],
  ['the payloads', 'records', 'payloads'],
])('labels must not lie under %s', (_, records, labels) => {
  expect(() => prefixes(records, labels)).toThrow(
    /^CAPTURE_LABELS_PREFIX: expected a prefix that is not below ".+" and does not contain it, got ".+"$/,
  );
});

test('records and labels of one endpoint and variant have the same place below their prefixes', () => {
  const names = { endpoint: 'qa', variant: 'canary' };
  expect(scopesOf({ prefix: 'records', ...names }).label).toEqual({ prefix: 'ground-truth', ...names });
});
