import { admits, type Breaker } from '../../capture/breaker.ts';
import type { InferenceRecord } from '../../capture/record.ts';
import type { PolicyDocument } from '../../policy/document.ts';
import { metadataOf } from '../../policy/metadata.ts';
import type { Policy, PolicyDecision } from '../../policy/policy.ts';
import type { Unavailable } from './policy-in-force.ts';

export type OnError = PolicyDocument['onError'];

/** A policy that has been read, checked and compiled. */
export interface Version {
  policy: Policy;
  /** The first 16 hexadecimal digits of the SHA-256 of its document, as its records have it. */
  id: string;
  onError: OnError;
}

/**
 * What is known of the policy. A `ready` one stays so: a later version that is wrong, or a place that cannot be reached, does not change it.
 * `wrong`: the document itself is at fault, so that the same document need not be tried again.
 */
export type State =
  | { kind: 'loading'; onError: OnError }
  | { kind: 'ready'; version: Version }
  | { kind: 'failed'; onError: OnError; wrong: boolean; cause: string };

/** What decides whether to look for the policy. */
export interface Schedule {
  state: State;
  /** Whether the place of the policy may have another one later. */
  changes: boolean;
  /** Milliseconds after which a policy that is there is looked at again; 0: never. */
  refreshMs: number;
  /** When it was last looked at with success, on the clock of `nowMs`. */
  checkedMs: number;
  /** Of the attempts that failed. */
  breaker: Breaker;
}

/** Whether to look for the policy now. `nowMs` goes on while the environment is frozen, so a snapshot that is restored after days looks at once. */
export function isDue({ state, changes, refreshMs, checkedMs, breaker }: Schedule, nowMs: number): boolean {
  if (!admits(breaker, nowMs)) return false;
  if (state.kind === 'ready') return changes && refreshMs > 0 && nowMs - checkedMs >= refreshMs;
  return changes || state.kind === 'loading' || !state.wrong;
}

/**
 * What becomes of a record. Where no policy can be applied to it, nothing of it is kept but what `onError` says.
 *
 * @param onFailure called where the policy throws
 */
export function rulingOn(
  state: State,
  record: InferenceRecord,
  onFailure: (error: unknown) => void,
): PolicyDecision | Unavailable {
  if (state.kind !== 'ready') return instead(state.onError, record, WHY[state.kind]);
  const { policy, onError, id } = state.version;
  try {
    return policy.record(record);
  } catch (error) {
    onFailure(error);
    return instead(onError, record, WHY.threw, id);
  }
}

/** Why there is no policy, for the sender. */
export const WHY = {
  loading: 'The policy that decides what may be kept is not loaded yet',
  failed: 'The policy that decides what may be kept is wrong or not there; the log of the extension says why',
  threw: 'The policy that decides what may be kept failed on this; the log of the extension says where',
};

function instead(onError: OnError, record: InferenceRecord, why: string, id?: string): PolicyDecision | Unavailable {
  return onError === 'metadata' ? { keep: true, ...metadataOf(record, id) } : { unavailable: why };
}

/**
 * Where an error came from, without its message: that of a policy's error may quote the record.
 *
 * @returns its name and the first lines of its stack
 */
export function originOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const head = String(error);
  const frames = error.stack?.startsWith(head) ? error.stack.slice(head.length).split('\n', 6) : [];
  return [error.constructor.name, ...frames.filter((line) => line !== '')].join('\n');
}
