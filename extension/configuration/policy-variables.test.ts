import { describe, expect, test } from 'vitest';
import { parseVariables } from '../../capture/variables.ts';
import { PolicyVariables, policyOf } from './policy-variables.ts';

const read = (env: Record<string, string>) => policyOf(env, parseVariables(PolicyVariables, env));

test('without any of its variables there is no policy', () => {
  expect(read({ CAPTURE_PORT: '2772', POLICY: '{}' })).toBeUndefined();
});

test.each([
  [{ CAPTURE_POLICY: '  version: 1\n' }, { kind: 'inline', text: '  version: 1\n' }],
  [{ CAPTURE_POLICY: '' }, { kind: 'inline', text: '' }],
  [{ CAPTURE_POLICY_FILE: '/opt/policy.yaml' }, { kind: 'file', file: '/opt/policy.yaml' }],
  [{ CAPTURE_POLICY_S3: 's3://bucket/a/b.json' }, { kind: 's3', bucket: 'bucket', key: 'a/b.json', pathStyle: false }],
  [
    { CAPTURE_POLICY_S3: 's3://bucket/a', AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9000' },
    { kind: 's3', bucket: 'bucket', key: 'a', pathStyle: true },
  ],
])('%j names its place', (env, place) => {
  expect(read(env as Record<string, string>)).toMatchObject({ place, onError: 'nothing', refreshMs: 300_000 });
});

const A = { CAPTURE_POLICY: '{}' };
const B = { CAPTURE_POLICY_FILE: '/policy' };
const C = { CAPTURE_POLICY_S3: 's3://bucket/policy' };
describe('whoever wanted a policy gets one, or is told', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ['two places', { ...A, ...B }, /CAPTURE_POLICY_FILE: expected one policy, got one in CAPTURE_POLICY too/],
    ['two places', { ...B, ...C }, /CAPTURE_POLICY_S3: expected one policy/],
    ['three places', { ...A, ...B, ...C }, /expected one policy/],
    ['an empty one beside another', { CAPTURE_POLICY: '', ...B }, /expected one policy/],
    ['a key and no policy', { CAPTURE_POLICY_KEY: 'k' }, /CAPTURE_POLICY_KEY: expected a policy in CAPTURE_POLICY,/],
    ['what to do on errors and no policy', { CAPTURE_POLICY_ON_ERROR: 'metadata' }, /expected a policy in/],
    ['a refresh and no policy', { CAPTURE_POLICY_REFRESH_MS: '1' }, /expected a policy in/],
    ['a relative file', { CAPTURE_POLICY_FILE: 'policy.yaml' }, /CAPTURE_POLICY_FILE/],
    ['an empty file', { CAPTURE_POLICY_FILE: '' }, /CAPTURE_POLICY_FILE/],
    ['a folder in S3', { CAPTURE_POLICY_S3: 's3://bucket/folder/' }, /s3:\/\/bucket\/key/],
    ['a bucket alone', { CAPTURE_POLICY_S3: 's3://bucket' }, /s3:\/\/bucket\/key/],
    ['another address', { CAPTURE_POLICY_S3: 'https://bucket/key' }, /s3:\/\/bucket\/key/],
    ['another word', { ...A, CAPTURE_POLICY_ON_ERROR: 'everything' }, /CAPTURE_POLICY_ON_ERROR/],
    ['no number', { ...C, CAPTURE_POLICY_REFRESH_MS: '5m' }, /CAPTURE_POLICY_REFRESH_MS/],
  ])('%s: %j', (_, env, message) => {
    expect(() => read(env)).toThrow(message);
  });

  test.each([
    'CAPTURE_POLICYFILE',
    'CAPTURE_POLICY_FIEL',
    'CAPTURE_POLICY_URL',
    'CAPTURE_POLICIES',
    'capture_policy',
    'CAPTURE_POLICY_',
    'CAPTURE_POLCY',
  ])('%s may be meant for one of them, and is refused, also beside a right one', (name) => {
    for (const beside of [{}, A])
      expect(() => read({ ...beside, [name]: '/policy' })).toThrow(`${name}: expected one of`);
  });
});
