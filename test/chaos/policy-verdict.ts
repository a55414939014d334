import { type Account, type Evidence, idsWith, type PolicyEvidence, UNANSWERED } from './evidence.ts';
import type { LedgerEntry } from './function.ts';
import { isSampled } from './policy-plan.ts';
import type { FoundRecord } from './spool-files.ts';

/** The promises of the policy that a run broke, in words. */
export function policyBreaches(evidence: Evidence): string[] {
  const { policy, deliveredAfterRecovery, logged, accounts } = evidence;
  if (policy === undefined) return [];
  const stored = [...deliveredAfterRecovery, ...logged];
  return [
    ...policy.exposed.map((place) => `exposed: ${place} has what the policy redacts`),
    ...stored.flatMap((record) => unlawful(record, policy)),
    ...accounts.flatMap(({ ledger }) => withdrawn(ledger, policy)),
  ];
}

/** A line is the work of the policy, or of its absence. */
function unlawful({ eventId, file, marks, hasPayload }: FoundRecord, policy: PolicyEvidence): string[] {
  const { withheld, redacted = {} } = marks ?? {};
  if (withheld?.input === 'POLICY_ERROR' && withheld.output === 'POLICY_ERROR') {
    if (policy.onError === 'metadata' && !hasPayload) return [];
    return [`unlawful: ${eventId} in ${file} was stored without a policy`];
  }
  if (policy.id === undefined) return [`unlawful: ${eventId} in ${file} was stored, and there never was a policy`];
  return [
    ...(marks?.policy === policy.id
      ? []
      : [`unmarked: ${eventId} in ${file} does not say by which policy it was stored`]),
    ...(Object.keys(redacted).length > 0 ? [] : [`unmarked: ${eventId} in ${file} does not say that it was redacted`]),
    ...(marks?.sampleRate === policy.rate ? [] : [`unmarked: ${eventId} in ${file} says another share`]),
    ...(isSampled(policy, eventId) ? [] : [`sampled: ${eventId} in ${file} is not in the sample`]),
  ];
}

/** What decided on one record of a process decides on all that come later: nothing takes its place but another policy that is right. */
function withdrawn(ledger: readonly LedgerEntry[], { onError }: PolicyEvidence): string[] {
  if (onError === 'metadata') return [];
  const inForce = ledger.findIndex(({ outcome }) => outcome === 'accepted');
  if (inForce < 0) return [];
  const later = ledger.slice(inForce);
  const posted = idsWith(later, (outcome) => outcome === 'posted');
  const refused = idsWith(later, (outcome) => outcome === 'POLICY_UNAVAILABLE');
  return [...posted.intersection(refused)].map(
    (id) => `withdrawn: ${id} was refused when the policy had been in force`,
  );
}

/**
 * The counts of a process that the policy makes wrong, in words.
 *
 * @param elsewhere the ids of all records that are stored, in the log, or destroyed by others
 */
export function policyMiscounts(
  { ledger, stats }: Account,
  policy: PolicyEvidence | undefined,
  elsewhere: ReadonlySet<string>,
): string[] {
  if (stats === undefined) return [];
  const accepted = idsWith(ledger, (outcome) => outcome === 'accepted');
  const posted = idsWith(ledger, (outcome) => outcome === 'posted');
  const answered = idsWith(ledger, (outcome) => outcome !== 'posted' && !UNANSWERED.includes(outcome));
  const open = idsWith(ledger, (outcome) => UNANSWERED.includes(outcome)).union(posted.difference(answered));
  const out = (id: string) => !isSampled(policy, id);
  // One that is not in the sample may be stored before there is a policy, without its payloads.
  const surelyOut = [...accepted].filter((id) => out(id) && !elsewhere.has(id)).length;
  const mayBeOut = [...accepted.union(open)].filter(out).length;
  const leftOut = Object.values(stats.leftOut).reduce((sum, records) => sum + records, 0);
  const refused = idsWith(ledger, (outcome) => outcome === 'POLICY_UNAVAILABLE').difference(accepted);
  const surelyRefused = refused.difference(open).size;
  const mayBeRefused = refused.union(open).difference(accepted).size;
  const unavailable = stats.dropped.POLICY_UNAVAILABLE ?? 0; // the log omits counts of 0
  return [
    ...(surelyOut <= leftOut && leftOut <= mayBeOut
      ? []
      : [`left out ${leftOut} records, where ${surelyOut} to ${mayBeOut} are not in the sample`]),
    ...(surelyRefused <= unavailable && unavailable <= mayBeRefused
      ? []
      : [`refused ${unavailable} records for want of a policy, where ${surelyRefused} to ${mayBeRefused} were`]),
  ];
}
