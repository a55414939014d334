import type { Label } from '../../capture/label.ts';
import type { InferenceRecord } from '../../capture/record.ts';
import type { KeptLabel } from '../../capture/stored-line.ts';
import type { PolicyStatus } from '../../capture/wire.ts';
import { KEEP_EVERYTHING, type PolicyDecision } from '../../policy/policy.ts';

/** Nothing may be kept, because no policy says what. The text tells the sender why. */
export interface Unavailable {
  unavailable: string;
}

/** The policy that decides at this moment. A record or a label is decided on by one version of it. Nothing here ever throws. */
export interface PolicyInForce {
  record(record: InferenceRecord): PolicyDecision | Unavailable;
  label(label: Label): KeptLabel | Unavailable;
  /** What a request should wait for, a moment at most, before it asks. Undefined where nothing is to be waited for. */
  settling(): Promise<void> | undefined;
  /** Begins to load the policy where that is due. Called at each event, and never waits. */
  look(): void;
  /** Undefined where no policy is configured. */
  status(): PolicyStatus | undefined;
}

/** Of an extension without a policy. */
export const NO_POLICY: PolicyInForce = {
  ...KEEP_EVERYTHING,
  settling: () => undefined,
  look() {},
  status: () => undefined,
};
