import fc from 'fast-check';
import { expect, test } from 'vitest';
import { misspeltVariables } from './misspelt.ts';
import { CAPTURE_VARIABLES } from './variables.ts';

test.each([
  ['CAPTURE_FAILCLOSED', 'CAPTURE_FAIL_CLOSED'],
  ['CAPTURE_DESTINATON', 'CAPTURE_DESTINATION'],
  ['CAPTURE_BATCH_SIZE', 'CAPTURE_BATCH_BYTES'],
  ['capture_disabled', 'CAPTURE_DISABLED'],
  ['CAPTRUE_PORT', 'CAPTURE_PORT'],
  ['CAPTURE_S3_SOMETHING_ELSE_ALTOGETHER', undefined],
])('%s is not read by anybody; meant is %s', (variable, nearest) => {
  expect(misspeltVariables({ [variable]: '1' })).toEqual([nearest ? { variable, nearest } : { variable }]);
});

test('our own variables and those of others are left alone', () => {
  const others = ['CHAOS_LEDGER', 'CUDA_PATH', 'CI', 'COLUMNS', 'CLUSTER_DESTINATION', 'AWS_REGION', 'PATH', 'c'];
  expect(misspeltVariables(Object.fromEntries([...CAPTURE_VARIABLES, ...others].map((name) => [name, 'x'])))).toEqual(
    [],
  );
});

test('one wrong letter after the first in any of them is noticed, and the right one named', () => {
  const name = fc.constantFrom(...CAPTURE_VARIABLES);
  fc.assert(
    fc.property(name, fc.nat(), fc.constantFrom('', 'Q', '_', '9'), (variable, at, letter) => {
      const index = 1 + (at % (variable.length - 1));
      const wrong = variable.slice(0, index) + letter + variable.slice(index + 1);
      fc.pre(wrong !== variable);
      expect(misspeltVariables({ [wrong]: '1' })).toEqual([{ variable: wrong, nearest: variable }]);
    }),
  );
});
