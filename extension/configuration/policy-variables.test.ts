import { expect, test } from 'vitest';
import { parseConfig } from './config.ts';

const LEAST = { CAPTURE_DESTINATION: 's3://bucket/captured/qa', AWS_LAMBDA_FUNCTION_NAME: 'QuestionAnswering' };
const policyOf = (env: NodeJS.ProcessEnv) => parseConfig({ ...LEAST, ...env }).policy;

test.each([
  [{}, undefined],
  [
    { CAPTURE_POLICY: '  version: 1\n  onError: nothing\n' },
    { kind: 'inline', text: '  version: 1\n  onError: nothing\n' },
  ],
  [{ CAPTURE_POLICY: '' }, { kind: 'inline', text: '' }],
  [{ CAPTURE_POLICY_FILE: ' /var/task/policy.json ' }, { kind: 'file', file: '/var/task/policy.json' }],
  [
    { CAPTURE_POLICY_S3: 's3://central.policies/team a/policy.yaml' },
    { kind: 's3', bucket: 'central.policies', key: 'team a/policy.yaml', pathStyle: false },
  ],
  [
    { CAPTURE_POLICY_S3: 's3://policies/p', AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9000' },
    { kind: 's3', bucket: 'policies', key: 'p', pathStyle: true },
  ],
])('%j names a policy, or none', (env, place) => {
  expect(policyOf(env)?.place).toEqual(place);
});

test('while no document says otherwise nothing is kept, and an object is looked at every five minutes', () => {
  expect(policyOf({ CAPTURE_POLICY: '{}' })).toMatchObject({ onError: 'nothing', refreshMs: 300_000 });
  const told = { CAPTURE_POLICY_ON_ERROR: 'Metadata', CAPTURE_POLICY_REFRESH_MS: '0' };
  expect(policyOf({ CAPTURE_POLICY: '{}', ...told })).toMatchObject({ onError: 'metadata', refreshMs: 0 });
});

test.each([
  [{ CAPTURE_POLICY_FILE: 'policy.json' }, 'CAPTURE_POLICY_FILE: expected an absolute path, got "policy.json"'],
  [{ CAPTURE_POLICY_FILE: '' }, 'CAPTURE_POLICY_FILE: expected an absolute path, got ""'],
  [{ CAPTURE_POLICY_S3: 's3://bucket' }, 'CAPTURE_POLICY_S3: expected s3://bucket/key, got "s3://bucket"'],
  [{ CAPTURE_POLICY_S3: 's3://bucket/folder/' }, 'CAPTURE_POLICY_S3: expected s3://bucket/key'],
  [{ CAPTURE_POLICY_S3: '' }, 'CAPTURE_POLICY_S3: expected s3://bucket/key, got ""'],
  [
    { CAPTURE_POLICY: '{}', CAPTURE_POLICY_ON_ERROR: 'all' },
    'CAPTURE_POLICY_ON_ERROR: expected "nothing" or "metadata"',
  ],
  [{ CAPTURE_POLICY: '{}', CAPTURE_POLICY_REFRESH_MS: '5m' }, 'CAPTURE_POLICY_REFRESH_MS: expected a whole number'],
  [
    { CAPTURE_POLICY: '', CAPTURE_POLICY_FILE: '/p' },
    'CAPTURE_POLICY_FILE: expected one policy, got one in CAPTURE_POLICY too',
  ],
])('%j is refused', (env, message) => {
  expect(() => policyOf(env)).toThrow(message);
});

test.each([
  'CAPTURE_POLICYFILE',
  'CAPTURE_POLICY_URL',
  'CAPTURE_POLICIES',
  'CAPTURE_POLCY',
  'CAPTURE_POLICY_DOCUMENT_OF_OUR_TEAM_FOR_ALL',
  'capture_policy',
  'CAPTURES_POLICY_S3',
])('whoever sets %s wanted a policy: without one nothing is captured', (name) => {
  expect(() => policyOf({ [name]: '/var/task/policy.json' })).toThrow(`${name}: expected one of CAPTURE_POLICY, `);
});

test.each(['CAPTURE_POLICY_KEY', 'CAPTURE_POLICY_ON_ERROR', 'CAPTURE_POLICY_REFRESH_MS'])(
  '%s without a policy beside it is no configuration',
  (name) => {
    const value = name.endsWith('MS') ? '1' : 'nothing';
    expect(() => policyOf({ [name]: value })).toThrow(`${name}: expected a policy in CAPTURE_POLICY, `);
  },
);

test.each(['CAPTURE_PORTFOLIO', 'POLICY', 'MY_CAPTURE_POLICY', 'CAPTURE_THE_FLAG'])('%s is none of these', (name) => {
  expect(policyOf({ [name]: 'x' })).toBeUndefined();
});
