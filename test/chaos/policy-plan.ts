import { hash } from 'node:crypto';
import { fractionOf } from '../../policy/sampling/fraction.ts';
import type { Dice } from './dice.ts';

/** What happens to one request for the policy in S3. */
export type PolicyFetch = 'answered' | 'late' | 'refused' | 'answered 503' | 'not there' | 'hangs' | 'wrong';

/** The policy of a run: what it says, where it is, and whether it can be had. */
export interface PolicyPlan {
  place: 'inline' | 'file' | 'S3';
  /** Whether the document is right, from the first to the last process. */
  state: 'right' | 'wrong' | 'not there';
  /** What happens to the requests of each environment for a policy in S3, in their order. Further ones are answered. */
  fetches: PolicyFetch[];
  /** CAPTURE_POLICY_REFRESH_MS. */
  refreshMs: number;
  /** What is stored while there is no policy. */
  onError: 'nothing' | 'metadata';
  /** The share of the records that is kept, by their ids. */
  rate: number;
  /** How the redaction finds the canary of a record. */
  finds: keyof typeof RULES;
}

/** What every canary ends in, and nothing else has. A policy that redacts a record leaves no trace of it. */
export const CANARY = '@canary.example';

/** What the payloads of a record have that must never be stored: an address of e-mail. */
export const canaryOf = (eventId: string) => `person-${eventId}${CANARY}`;

/** The payloads of all records are JSON, with the canary as `mail` of the input and in `answer` of the output. */
const RULES = {
  detector: [{ name: 'canary', detect: ['email'] }],
  pattern: [{ name: 'canary', pattern: 'person-[0-9-]+@canary[.]example' }],
  path: [
    { name: 'canary', path: '$.mail', in: ['input'], action: 'drop' },
    { name: 'answer', path: '$.answer', in: ['output'] },
  ],
};

const FETCHES: readonly PolicyFetch[] = [
  'late',
  'late',
  'refused',
  'answered 503',
  'not there',
  'hangs',
  'wrong',
  'wrong',
];

export function policyPlan(dice: Dice): PolicyPlan {
  const place = dice.of(['inline', 'file', 'S3', 'S3', 'S3'] as const);
  const states: readonly PolicyPlan['state'][] = place === 'inline' ? ['wrong'] : ['wrong', 'not there'];
  return {
    place,
    state: dice.chance(0.85) ? 'right' : dice.of(states),
    fetches: Array.from({ length: place === 'S3' ? dice.whole(1, 4) : 0 }, () =>
      dice.chance(0.3) ? 'answered' : dice.of(FETCHES),
    ),
    refreshMs: dice.of([1, 30, 300_000]),
    onError: dice.chance(0.7) ? 'nothing' : 'metadata',
    rate: dice.of([1, 0.7, 0.5]),
    finds: dice.of(['detector', 'pattern', 'path'] as const),
  };
}

/** A document that is no policy: one of its keys is misspelt. */
export const WRONG_DOCUMENT = '{"version": 1, "redactions": []}';

/** The document that is right. */
export function documentOf({ onError, rate, finds }: PolicyPlan): string {
  return JSON.stringify({ version: 1, onError, redaction: RULES[finds], sampling: { rate } });
}

/** What lines must have that are stored by the document: the first 16 digits of its SHA-256. Undefined where no process ever has it. */
export function policyIdOf(plan: PolicyPlan): string | undefined {
  return plan.state === 'right' ? hash('sha256', documentOf(plan)).slice(0, 16) : undefined;
}

/** Whether the sample has the record: the published function of its id decides. Without a policy it has every record. */
export function isSampled(plan: Pick<PolicyPlan, 'rate'> | undefined, eventId: string): boolean {
  return plan === undefined || plan.rate === 1 || fractionOf(eventId) < plan.rate;
}

/**
 * The variables of the policy.
 *
 * @param file where the document of a policy in a file is, or would be
 * @param object of a policy in S3, such as `s3://bucket/key`
 */
export function policyVariables(plan: PolicyPlan, file: string, object: string): Record<string, string> {
  const common = { CAPTURE_POLICY_ON_ERROR: plan.onError };
  switch (plan.place) {
    case 'inline':
      return { ...common, CAPTURE_POLICY: plan.state === 'right' ? documentOf(plan) : WRONG_DOCUMENT };
    case 'file':
      return { ...common, CAPTURE_POLICY_FILE: file };
    case 'S3':
      return { ...common, CAPTURE_POLICY_S3: object, CAPTURE_POLICY_REFRESH_MS: String(plan.refreshMs) };
  }
}
