import { statusOf } from '../sinks/failure.ts';

/** The policy cannot be used until somebody corrects it, or what it refers to. */
export class PolicyFault extends Error {
  override name = 'PolicyFault';
  /** Whether the document is at fault, so that only another document helps. */
  readonly wrong: boolean;
  readonly remedy: string;

  constructor(message: string, { wrong, remedy }: Pick<LoadFailure, 'wrong' | 'remedy'>) {
    super(message);
    this.wrong = wrong;
    this.remedy = remedy;
  }
}

/** Why a policy could not be loaded, and what to do. */
export interface LoadFailure {
  cause: string;
  remedy: string;
  wrong: boolean;
  /** Whether it may work the next time. */
  passes: boolean;
}

/** The errors of S3 and Secrets Manager that do not pass by themselves. */
const REMEDIES = new Map([
  ['NoSuchKey', 'put the policy there, or correct CAPTURE_POLICY_S3'],
  ['NoSuchBucket', 'correct the bucket in CAPTURE_POLICY_S3'],
  [
    'AccessDenied',
    "give the function's role s3:GetObject on the object, s3:ListBucket on its bucket (else a missing object looks like a forbidden one), and kms:Decrypt on its key if there is one",
  ],
  ['ResourceNotFoundException', 'correct the secret that the policy names as its "key"'],
  [
    'AccessDeniedException',
    "give the function's role secretsmanager:GetSecretValue on the secret of the policy, and kms:Decrypt on its key if there is one",
  ],
  ['DecryptionFailure', "give the function's role kms:Decrypt on the key of the secret"],
]);

export function loadFailureOf(error: unknown): LoadFailure {
  if (error instanceof PolicyFault) {
    const { message, wrong, remedy } = error;
    return { cause: message, wrong, remedy, passes: false };
  }
  const { name, message } = error as Error;
  const cause = name === message ? name : `${name}: ${message}`;
  const remedy = REMEDIES.get(name) ?? (statusOf(error) === 403 ? REMEDIES.get('AccessDenied') : undefined);
  if (remedy !== undefined) return { cause, remedy, wrong: false, passes: false };
  return { cause, remedy: 'see the cause; the extension tries again', wrong: false, passes: true };
}
