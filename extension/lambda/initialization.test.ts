import { expect, test } from 'vitest';
import { initializationOf } from './initialization.ts';

test.each([
  ['on-demand', { invocations: true, restored: false }],
  ['provisioned-concurrency', { invocations: true, restored: false }],
  ['snap-start', { invocations: true, restored: true }],
  ['Snap-Start', { invocations: true, restored: true }],
  ['lambda-managed-instances', { invocations: false, restored: false }],
  [' LAMBDA-MANAGED-INSTANCES\n', { invocations: false, restored: false }],
  ['one of a later Lambda', { invocations: true, restored: false }],
  [undefined, { invocations: true, restored: false }],
])('%s', (text, initialization) => {
  expect(initializationOf(text)).toEqual(initialization);
});
