import { expect, test } from 'vitest';
import { loadFailureOf, PolicyFault } from './policy-failure.ts';

/** An error as the AWS SDK throws it. */
const sdkError = (name: string, httpStatusCode?: number) =>
  Object.assign(new Error('what AWS said'), { name, $metadata: { httpStatusCode } });

test.each([
  ['NoSuchKey', 404, /CAPTURE_POLICY_S3/],
  ['NoSuchBucket', 404, /bucket/],
  ['AccessDenied', 403, /s3:GetObject/],
  ['Forbidden', 403, /s3:GetObject/],
  ['ResourceNotFoundException', 400, /secret/],
  ['AccessDeniedException', 400, /secretsmanager:GetSecretValue/],
  ['DecryptionFailure', 400, /kms:Decrypt/],
])('%s needs somebody to act, and says what helps', (name, status, remedy) => {
  expect(loadFailureOf(sdkError(name, status))).toEqual({
    cause: `${name}: what AWS said`,
    remedy: expect.stringMatching(remedy),
    wrong: false,
    passes: false,
  });
});

test.each([
  ['SlowDown', 503],
  ['InternalError', 500],
  ['TimeoutError', undefined],
  ['AbortError', undefined],
  ['toString', undefined],
])('%s passes by itself', (name, status) => {
  expect(loadFailureOf(sdkError(name, status))).toMatchObject({ wrong: false, passes: true });
});

test('a fault of the policy says itself what helps', () => {
  const fault = { wrong: true, remedy: 'correct the policy' };
  expect(loadFailureOf(new PolicyFault('what is wrong', fault))).toEqual({
    ...{ ...fault, cause: 'what is wrong', passes: false },
  });
});
