import type { DropReason } from '../../capture/wire.ts';
import { type Account, type Evidence, idsWith, UNANSWERED } from './evidence.ts';
import { isSampled } from './policy-plan.ts';
import { policyBreaches, policyMiscounts } from './policy-verdict.ts';
import type { FoundRecord } from './spool-files.ts';

/** The promises that a run broke, in words; empty when it broke none. */
export function verdict(evidence: Evidence): string[] {
  return [
    ...notStarted(evidence),
    ...lost(evidence),
    ...twice(evidence),
    ...foreign(evidence),
    ...torn(evidence),
    ...misplaced(evidence),
    ...miscounted(evidence),
    ...overstated(evidence),
    ...untold(evidence),
    ...policyBreaches(evidence),
  ];
}

/** Outcomes of a record that the capture client never posted. */
const NOT_TRIED = ['skipped', 'queue_full'];
const INVALID = ['INVALID_JSON', 'INVALID_RECORD'];

const ids = (records: readonly FoundRecord[]) => new Set(records.map(({ eventId }) => eventId));

/** Lambda ends an environment whose extension does not start. */
function notStarted({ unstarted }: Evidence): string[] {
  return unstarted > 0 ? [`not started: the extension of ${unstarted} environments`] : [];
}

function lost({
  ledger,
  delivered,
  spooled,
  logged,
  deliveredAfterRecovery,
  spooledAfterRecovery,
  accounts,
  policy,
}: Evidence): string[] {
  // Records that tampering destroyed cannot come back. `miscounted` checks that they are counted.
  const destroyed = new Set(accounts.flatMap((account) => [...account.destroyed, ...account.uncertain]));
  const acknowledged = ledger
    .filter(({ eventId, outcome }) => outcome === 'accepted' && isSampled(policy, eventId) && !destroyed.has(eventId))
    .map(({ eventId }) => eventId);
  const safe = ids([...delivered, ...spooled]).union(ids(logged));
  const safeAfterRecovery = ids(deliveredAfterRecovery).union(ids(logged));
  return [
    ...acknowledged.filter((id) => !safe.has(id)).map((id) => `lost: ${id} was acknowledged and is nowhere`),
    ...acknowledged
      .filter((id) => safe.has(id) && !safeAfterRecovery.has(id))
      .map((id) => `lost: ${id} was still in the spool, and a successor did not deliver it`),
    ...spooledAfterRecovery.map(
      ({ eventId, file }) => `left: ${eventId} is in the spool after the recovery, in ${file}`,
    ),
  ];
}

function twice({ deliveredAfterRecovery }: Evidence): string[] {
  const files = Map.groupBy(deliveredAfterRecovery, ({ eventId }) => eventId);
  return [...files]
    .filter(([, records]) => records.length > 1)
    .map(([id, records]) => `twice: ${id} is in ${records.map(({ file }) => file).join(' and ')}`);
}

function foreign({ ledger, deliveredAfterRecovery }: Evidence): string[] {
  const posted = new Set(ledger.map(({ eventId }) => eventId));
  const unknown = [...ids(deliveredAfterRecovery)].filter((id) => !posted.has(id));
  return unknown.map((id) => `foreign: ${id} was stored, and never posted`);
}

/** Every object ends with the end of a line. */
function torn({ tornAfterRecovery }: Evidence): string[] {
  return tornAfterRecovery.map((file) => `torn: a line of ${file} is not whole`);
}

/** The key of an object names the hour of its records: `.../yyyy/MM/dd/HH/...`. */
function misplaced({ deliveredAfterRecovery }: Evidence): string[] {
  return deliveredAfterRecovery
    .filter(({ inferenceTime, file }) => !file.includes(`/${inferenceTime.slice(0, 13).replace(/[-T]/g, '/')}/`))
    .map(({ eventId, inferenceTime, file }) => `misplaced: ${eventId} of ${inferenceTime} is in ${file}`);
}

function miscounted({ accounts, deliveredAfterRecovery, logged, policy }: Evidence): string[] {
  const survivors = ids(deliveredAfterRecovery).union(ids(logged));
  const destroyed = new Set(accounts.flatMap((account) => [...account.destroyed, ...account.uncertain]));
  const last = new Map(accounts.flatMap(({ destroyed }, at) => destroyed.map((id) => [id, at])));
  return accounts.flatMap((account, at) => {
    const gone = new Set(account.destroyed.filter((id) => !survivors.has(id) && last.get(id) === at));
    const wrong = [...miscounts(account, gone.size), ...policyMiscounts(account, policy, survivors.union(destroyed))];
    return wrong.map((what) => `miscounted: process ${at + 1} of the extension, ${what}`);
  });
}

/** Stored lines report no more losses than there were. */
function overstated({ ledger, deliveredAfterRecovery, accounts, policy }: Evidence): string[] {
  const destroyed = new Set(accounts.flatMap((account) => [...account.destroyed, ...account.uncertain]));
  const outcomes = new Map(ledger.map(({ eventId, outcome }) => [eventId, outcome])); // the last one of each
  const count = (...of: string[]) => [...outcomes.values()].filter((outcome) => of.includes(outcome)).length;
  // The line after one that was left out after all takes the loss back, where there is such a line.
  const leftOut = (reason: string) => {
    const refused = idsWith(ledger, (outcome, eventId) => outcome === reason && !isSampled(policy, eventId));
    return [...refused].filter((id) => outcomes.get(id) === 'accepted').length;
  };
  const told = new Map<string, number>();
  for (const { droppedBefore } of deliveredAfterRecovery) {
    for (const [reason, records] of Object.entries(droppedBefore ?? {})) {
      told.set(reason, (told.get(reason) ?? 0) + records);
    }
  }
  return [...told]
    .filter(
      ([reason, records]) =>
        records > (reason === 'VANISHED' ? destroyed.size : count(reason, 'posted', ...UNANSWERED) + leftOut(reason)),
    )
    .map(([reason, records]) => `overstated: ${records} records dropped for ${reason}, where ${count(reason)} were`);
}

/**
 * The capture client reports the records that it never posted with its next record. So where a later record of the same process is accepted
 * and stored, stored lines report at least those losses.
 */
function untold({ ledger, deliveredAfterRecovery }: Evidence): string[] {
  const stored = ids(deliveredAfterRecovery);
  let due = 0;
  let losses: number[] = [];
  const postedAt = new Map<string, number>();
  for (const [at, { eventId, outcome, byClient }] of ledger.entries()) {
    if (outcome === 'started') losses = [];
    if (!byClient) continue;
    if (outcome === 'posted') postedAt.set(eventId, at);
    if (NOT_TRIED.includes(outcome)) losses.push(at);
    if (outcome !== 'accepted') continue;
    const later = losses.filter((lostAt) => lostAt > postedAt.get(eventId)!);
    if (stored.has(eventId)) due += losses.length - later.length;
    losses = later;
  }
  const told = deliveredAfterRecovery
    .flatMap(({ droppedBefore }) => Object.entries(droppedBefore ?? {}))
    .filter(([reason]) => NOT_TRIED.includes(reason))
    .reduce((sum, [, records]) => sum + records, 0);
  return told < due ? [`untold: the function did not send ${due} records, of which stored lines tell ${told}`] : [];
}

/** The counts of a process that are wrong, in words. @param gone how many of its records were destroyed and are nowhere else */
function miscounts(account: Account, gone: number): string[] {
  const { spoolAtStart, spoolAtEnd, shared, destroyed, uncertain, ledger, stats } = account;
  if (stats === undefined) return [];
  const { received, recovered, delivered, logged, pending } = stats;
  const total = (counts: object) => Object.values(counts).reduce((sum: number, records: number) => sum + records, 0);
  const [dropped, leftOut] = [total(stats.dropped), total(stats.leftOut)];
  const vanished = stats.dropped.VANISHED ?? 0; // the log omits counts of 0
  const wrong: string[] = [];
  const expect = (holds: boolean, what: string) => {
    if (!holds) wrong.push(what);
  };
  expect(
    received === delivered + logged + dropped + leftOut + pending,
    `received ${received} = delivered ${delivered} + logged ${logged} + dropped ${dropped} + left out ${leftOut} + pending ${pending} does not hold`,
  );
  if (!shared) {
    // It may never have seen records that were destroyed during its start.
    const unseen = spoolAtStart - recovered;
    expect(
      0 <= unseen && unseen <= destroyed.length,
      `recovered ${recovered} records, where ${spoolAtStart} were in the spool`,
    );
    // A destroyed record is counted as vanished, or as pending where the process had no occasion to look. So is a record that a predecessor
    // had delivered without an answer.
    const missed = unseen + vanished + pending - spoolAtEnd;
    expect(
      gone <= missed && missed <= new Set(destroyed).size + uncertain.length,
      `told of ${pending} pending records and ${vanished} vanished ones, where ${spoolAtEnd} were in the spool and ${gone} destroyed`,
    );
  }
  // The record of a post without an answer may be taken or not.
  const accepted = idsWith(ledger, (outcome) => outcome === 'accepted').size;
  const answered = ledger.filter(({ outcome }) => !['started', 'posted', ...UNANSWERED].includes(outcome)).length;
  const unanswered = ledger.filter(({ outcome }) => outcome === 'posted').length - answered;
  const taken = received - recovered - (dropped - vanished); // stored or left out
  expect(
    accepted <= taken && taken <= accepted + unanswered,
    `took ${taken} records, where ${accepted} were acknowledged and ${unanswered} not answered`,
  );
  // A line that is not a record counts once, however often it is posted.
  const invalid = INVALID.reduce((sum, reason) => sum + (stats.dropped[reason as DropReason] ?? 0), 0);
  const refused = idsWith(ledger, (outcome) => INVALID.includes(outcome)).size;
  const sent = idsWith(ledger, (_, eventId) => eventId.endsWith('-bad')).size;
  expect(
    refused <= invalid && invalid <= sent,
    `counted ${invalid} lines that are no records, where ${sent} were sent and ${refused} refused`,
  );
  return wrong;
}
