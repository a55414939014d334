/**
 * How a destination failed. `transient`: it may work the next time. `permanent`: it does not work until somebody does what `remedy` says.
 * `taken`: another object has the key.
 */
export type Failure =
  | { kind: 'transient'; cause: string }
  | { kind: 'taken'; cause: string }
  | { kind: 'permanent'; cause: string; remedy: string };

/** The code of an error that says that another object has the key. */
export const KEY_TAKEN = 'KEY_TAKEN';

/** The errors of S3, the SDK and the file system that a change of configuration or rights mends, and that change. */
const REMEDIES: Record<string, string> = {
  NoSuchBucket: 'correct the bucket in CAPTURE_DESTINATION, or create it',
  InvalidBucketName: 'correct the bucket in CAPTURE_DESTINATION',
  PermanentRedirect: 'the bucket is in another region: choose one in the region of the function',
  AuthorizationHeaderMalformed: 'the bucket is in another region: choose one in the region of the function',
  IllegalLocationConstraintException: 'the bucket is in another region: choose one in the region of the function',
  AccessDenied:
    "give the function's role s3:PutObject on the destination, and kms:GenerateDataKey on the key if there is one; see that the owner is the one in CAPTURE_S3_EXPECTED_BUCKET_OWNER",
  AllAccessDisabled: 'the bucket has been closed by AWS: choose another',
  InvalidAccessKeyId: "see which credentials the extension got: they must be those of the function's role",
  SignatureDoesNotMatch: "see which credentials the extension got: they must be those of the function's role",
  CredentialsProviderError: "see that the function has a role: the extension uses the role's credentials",
  InvalidStorageClass: 'correct CAPTURE_S3_STORAGE_CLASS',
  NotImplemented: 'this S3 lacks conditional writes (If-None-Match): let AWS_ENDPOINT_URL_S3 name another',
  EACCES: 'let CAPTURE_DESTINATION name a folder that can be written',
  EROFS: 'let CAPTURE_DESTINATION name a folder that can be written',
  ENOTDIR: 'let CAPTURE_DESTINATION name a folder',
  EEXIST: 'let CAPTURE_DESTINATION name a folder',
};

/** Refusals with a status of 4xx that pass by themselves. */
const PASSING = new Set([
  'RequestTimeout',
  'RequestTimeTooSkewed', // the SDK has corrected its clock by the answer's Date
  'ExpiredToken', // the next attempt asks for new credentials
  'TokenRefreshRequired',
  'ConditionalRequestConflict',
  'OperationAborted',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'BandwidthLimitExceeded',
]);

/** Errors of a kept-alive connection that died without notice, for example while the environment was frozen. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);

/** What an error of a sink means for the next attempt. */
export function failureOf(error: unknown): Failure {
  const code = codeOf(error);
  const { name, message } = error as Error;
  const cause = [...new Set([name, code, message])].filter((part) => part).join(': ');
  const status = statusOf(error);
  if (code === KEY_TAKEN) return { kind: 'taken', cause };
  if (PASSING.has(code) || status === 408 || status === 429) return { kind: 'transient', cause };
  const remedy =
    REMEDIES[code] ??
    (code.startsWith('KMS.') ? 'see that the KMS key is enabled and in the region of the bucket' : undefined);
  if (remedy !== undefined) return { kind: 'permanent', cause, remedy };
  if (status === 301) return { kind: 'permanent', cause, remedy: REMEDIES['PermanentRedirect']! };
  if (status === 403) return { kind: 'permanent', cause, remedy: REMEDIES['AccessDenied']! };
  if (status !== undefined && status >= 300 && status < 500) {
    return { kind: 'permanent', cause, remedy: 'S3 does not take the request: see the cause' };
  }
  return { kind: 'transient', cause };
}

/** Whether the connection broke, so that the same request may succeed at once on a new one. */
export function connectionBroke(error: unknown): boolean {
  return BROKEN.has(codeOf(error)) || (error as Error).message === 'socket hang up';
}

/** Whether S3 no longer takes the credentials that the client holds. */
export function credentialsExpired(error: unknown): boolean {
  return ['ExpiredToken', 'TokenRefreshRequired'].includes(codeOf(error));
}

/** The HTTP status of the answer, where there was one. */
export function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

/** The name that S3, the SDK or the operating system has for an error. */
function codeOf(error: unknown): string {
  const { name, code, Code } = error as { name?: string; code?: string; Code?: string };
  return Code ?? (typeof code === 'string' ? code : undefined) ?? name ?? '';
}
