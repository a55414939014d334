import type { Stats } from '../../capture/wire.ts';
import type { LedgerEntry } from './function.ts';
import type { PolicyPlan } from './policy-plan.ts';
import type { FoundRecord } from './spool-files.ts';

/** What is known about one process of the extension. */
export interface Account {
  /** Records in the spool when the process started. */
  spoolAtStart: number;
  /** Records in the spool when the next process started, or after the last one. */
  spoolAtEnd: number;
  /** Whether another extension uses the spool too, so that its records prove nothing about this process. */
  shared: boolean;
  /** The ids of the records that tampering destroyed during its life. */
  destroyed: string[];
  /** The ids of the records that were posted and not yet answered at the time of a tampering: they may be destroyed or not. */
  uncertain: string[];
  /** The ledger of the function during its life. */
  ledger: LedgerEntry[];
  /** Its counts, as logged at shutdown; absent where it was killed. */
  stats?: Stats | undefined;
}

/** What is known after a run. The verdict follows from it alone. */
export interface Evidence {
  ledger: LedgerEntry[];
  /** Records in S3 when the last planned process had ended. */
  delivered: FoundRecord[];
  /** Records in the spools at the same time. */
  spooled: FoundRecord[];
  /** Records in the log, written there as the last resort. */
  logged: FoundRecord[];
  /** Records in S3 after the recovery: successors ran with an S3 that works. */
  deliveredAfterRecovery: FoundRecord[];
  /** Records in the spools after the recovery. */
  spooledAfterRecovery: FoundRecord[];
  /** Objects that end in the middle of a line, after the recovery. */
  tornAfterRecovery: string[];
  accounts: Account[];
  /** How many environments had an extension that did not start, before any fault. */
  unstarted: number;
  /** Absent where the run had no policy. */
  policy?: PolicyEvidence | undefined;
}

/** What is known of the policy of a run. */
export interface PolicyEvidence extends Pick<PolicyPlan, 'rate' | 'onError'> {
  /** What a line has that was stored by it; undefined where it was wrong or not there all the time. */
  id: string | undefined;
  /** Places that have what the policy lets nowhere pass: files, objects, the log. */
  exposed: string[];
}

/** Outcomes of a post after which only the extension knows whether it has the record. */
export const UNANSWERED = ['timeout', 'unreachable'];

/** The ids of the posts and outcomes that fulfil something. */
export function idsWith(
  ledger: readonly LedgerEntry[],
  is: (outcome: string, eventId: string) => boolean,
): Set<string> {
  return new Set(ledger.filter(({ eventId, outcome }) => is(outcome, eventId)).map(({ eventId }) => eventId));
}

/** The ids of the records whose last post has no outcome yet. */
export function unanswered(ledger: readonly LedgerEntry[]): string[] {
  const outcomes = new Map(ledger.map(({ eventId, outcome }) => [eventId, outcome]));
  return [...outcomes].filter(([, outcome]) => outcome === 'posted').map(([eventId]) => eventId);
}
