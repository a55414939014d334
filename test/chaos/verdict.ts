import type { DropReason, Stats } from '../../capture/wire.ts';
import type { LedgerEntry } from './function.ts';
import type { LyingRecord } from './spool-files.ts';

/** The life of one extension process. */
export interface Account {
  /** Records in the spool when it was started, and when the next one was, or at the end. */
  spoolAtStart: number;
  spoolAtEnd: number;
  /** Whether the spool is another extension's as well, so that nothing follows from what lies in it. */
  shared: boolean;
  /** Records that somebody else in /tmp has destroyed meanwhile; and those that were posted, and not answered, when he did it. */
  destroyed: string[];
  inDoubt: string[];
  /** What the function noted meanwhile. */
  ledger: LedgerEntry[];
  /** What it said of itself when it shut down; absent where it was killed. */
  stats?: Stats | undefined;
}

/** What is known after a run. */
export interface Evidence {
  ledger: LedgerEntry[];
  /** In S3, and in the spools, when the last process had ended. */
  delivered: LyingRecord[];
  spooled: LyingRecord[];
  /** Event ids in the log, as a last resort. */
  logged: string[];
  /** The same when successors had had their chance, with an S3 that works. */
  deliveredAtLast: LyingRecord[];
  spooledAtLast: LyingRecord[];
  /** Objects that end in the middle of a line. */
  tornAtLast: string[];
  accounts: Account[];
  /** Environments whose extension did not start, before anything was done to it. */
  unstarted: number;
}

/** Every promise that a run broke, in words; none when all is well. */
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
  ];
}

/** Outcomes of a post that only the extension knows more of. */
const UNANSWERED = ['timeout', 'unreachable'];
/** What the capture client did not even try. */
const NOT_TRIED = ['skipped', 'queue_full'];
const INVALID = ['INVALID_JSON', 'INVALID_RECORD'];

/** The records that were posted and whose post has no outcome yet. */
export function unanswered(ledger: readonly LedgerEntry[]): string[] {
  const outcomes = new Map(ledger.map(({ eventId, outcome }) => [eventId, outcome]));
  return [...outcomes].filter(([, outcome]) => outcome === 'posted').map(([eventId]) => eventId);
}

const ids = (records: readonly LyingRecord[]) => new Set(records.map(({ eventId }) => eventId));

/** An extension that does not start takes the function down. */
function notStarted({ unstarted }: Evidence): string[] {
  return unstarted > 0 ? [`not started: the extension of ${unstarted} environments`] : [];
}

function lost({ ledger, delivered, spooled, logged, deliveredAtLast, spooledAtLast, accounts }: Evidence): string[] {
  // What was destroyed nobody can bring back; that it is counted is asked below.
  const destroyed = new Set(accounts.flatMap((account) => [...account.destroyed, ...account.inDoubt]));
  const acknowledged = ledger
    .filter(({ eventId, outcome }) => outcome === 'accepted' && !destroyed.has(eventId))
    .map(({ eventId }) => eventId);
  const safe = ids([...delivered, ...spooled]).union(new Set(logged));
  const safeAtLast = ids(deliveredAtLast).union(new Set(logged));
  return [
    ...acknowledged.filter((id) => !safe.has(id)).map((id) => `lost: ${id} was acknowledged and is nowhere`),
    ...acknowledged
      .filter((id) => safe.has(id) && !safeAtLast.has(id))
      .map((id) => `lost: ${id} was still in the spool, and a successor did not deliver it`),
    ...spooledAtLast.map(({ eventId, file }) => `left: ${eventId} is in the spool after the recovery, in ${file}`),
  ];
}

function twice({ deliveredAtLast }: Evidence): string[] {
  const files = Map.groupBy(deliveredAtLast, ({ eventId }) => eventId);
  return [...files]
    .filter(([, records]) => records.length > 1)
    .map(([id, records]) => `twice: ${id} is in ${records.map(({ file }) => file).join(' and ')}`);
}

function foreign({ ledger, deliveredAtLast }: Evidence): string[] {
  const posted = new Set(ledger.map(({ eventId }) => eventId));
  const unknown = [...ids(deliveredAtLast)].filter((id) => !posted.has(id));
  return unknown.map((id) => `foreign: ${id} was stored, and never posted`);
}

/** An object ends with the end of a line. */
function torn({ tornAtLast }: Evidence): string[] {
  return tornAtLast.map((file) => `torn: a line of ${file} is not whole`);
}

/** A record belongs under its own hour: `.../yyyy/MM/dd/HH/...`. */
function misplaced({ deliveredAtLast }: Evidence): string[] {
  return deliveredAtLast
    .filter(({ inferenceTime, file }) => !file.includes(`/${inferenceTime.slice(0, 13).replace(/[-T]/g, '/')}/`))
    .map(({ eventId, inferenceTime, file }) => `misplaced: ${eventId} of ${inferenceTime} is in ${file}`);
}

function miscounted({ accounts, deliveredAtLast, logged }: Evidence): string[] {
  const survivors = ids(deliveredAtLast).union(new Set(logged));
  const last = new Map(accounts.flatMap(({ destroyed }, at) => destroyed.map((id) => [id, at])));
  return accounts.flatMap((account, at) => {
    const gone = new Set(account.destroyed.filter((id) => !survivors.has(id) && last.get(id) === at));
    return miscounts(account, gone.size).map((what) => `miscounted: process ${at + 1} of the extension, ${what}`);
  });
}

/** The losses that stored lines tell of have happened, each of them once. */
function overstated({ ledger, deliveredAtLast, accounts }: Evidence): string[] {
  const destroyed = new Set(accounts.flatMap((account) => [...account.destroyed, ...account.inDoubt]));
  const outcomes = new Map(ledger.map(({ eventId, outcome }) => [eventId, outcome])); // the last one of each
  const count = (...of: string[]) => [...outcomes.values()].filter((outcome) => of.includes(outcome)).length;
  const told = new Map<string, number>();
  for (const { droppedBefore } of deliveredAtLast) {
    for (const [reason, records] of Object.entries(droppedBefore ?? {})) {
      told.set(reason, (told.get(reason) ?? 0) + records);
    }
  }
  return [...told]
    .filter(
      ([reason, records]) =>
        records > (reason === 'VANISHED' ? destroyed.size : count(reason, 'posted', ...UNANSWERED)),
    )
    .map(([reason, records]) => `overstated: ${records} records dropped for ${reason}, where ${count(reason)} were`);
}

function idsWith(ledger: readonly LedgerEntry[], is: (outcome: string, eventId: string) => boolean): Set<string> {
  return new Set(ledger.filter(({ eventId, outcome }) => is(outcome, eventId)).map(({ eventId }) => eventId));
}

/**
 * What the function did not even send, its next record tells: so where a record that was sent afterwards, by the same process, is accepted and
 * still there, stored lines tell of as many losses at least.
 */
function untold({ ledger, deliveredAtLast }: Evidence): string[] {
  const stored = ids(deliveredAtLast);
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
  const told = deliveredAtLast
    .flatMap(({ droppedBefore }) => Object.entries(droppedBefore ?? {}))
    .filter(([reason]) => NOT_TRIED.includes(reason))
    .reduce((sum, [, records]) => sum + records, 0);
  return told < due ? [`untold: the function did not send ${due} records, of which stored lines tell ${told}`] : [];
}

/** @param gone how many of the records that it held have been destroyed for good */
function miscounts(account: Account, gone: number): string[] {
  const { spoolAtStart, spoolAtEnd, shared, destroyed, inDoubt, ledger, stats } = account;
  if (stats === undefined) return [];
  const { received, recovered, delivered, logged, pending } = stats;
  const total = (counts: object) => Object.values(counts).reduce((sum: number, records: number) => sum + records, 0);
  const [dropped, leftOut] = [total(stats.dropped), total(stats.leftOut)];
  const vanished = stats.dropped.VANISHED ?? 0; // the log leaves out what is 0
  const wrong: string[] = [];
  const expect = (holds: boolean, what: string) => {
    if (!holds) wrong.push(what);
  };
  expect(
    received === delivered + logged + dropped + leftOut + pending,
    `received ${received} = delivered ${delivered} + logged ${logged} + dropped ${dropped} + left out ${leftOut} + pending ${pending} does not hold`,
  );
  if (!shared) {
    // What was destroyed while it started it may never have seen.
    const unseen = spoolAtStart - recovered;
    expect(
      0 <= unseen && unseen <= destroyed.length,
      `recovered ${recovered} records, where ${spoolAtStart} were in the spool`,
    );
    // Of what is gone it knows by the end, or it takes it for pending still. What a predecessor had delivered, without an answer, counts too.
    const missed = unseen + vanished + pending - spoolAtEnd;
    expect(
      gone <= missed && missed <= new Set(destroyed).size + inDoubt.length,
      `told of ${pending} pending records and ${vanished} vanished ones, where ${spoolAtEnd} were in the spool and ${gone} destroyed`,
    );
  }
  // Of a post that was not answered, only the extension knows whether the record was stored.
  const accepted = idsWith(ledger, (outcome) => outcome === 'accepted').size;
  const answered = ledger.filter(({ outcome }) => !['started', 'posted', ...UNANSWERED].includes(outcome)).length;
  const unanswered = ledger.filter(({ outcome }) => outcome === 'posted').length - answered;
  const stored = received - recovered - (dropped - vanished) - leftOut;
  expect(
    accepted <= stored && stored <= accepted + unanswered,
    `stored ${stored} records, where ${accepted} were acknowledged and ${unanswered} not answered`,
  );
  // What is no record counts once, however often it is sent.
  const invalid = INVALID.reduce((sum, reason) => sum + (stats.dropped[reason as DropReason] ?? 0), 0);
  const told = idsWith(ledger, (outcome) => INVALID.includes(outcome)).size;
  const sent = idsWith(ledger, (_, eventId) => eventId.endsWith('-bad')).size;
  expect(
    told <= invalid && invalid <= sent,
    `counted ${invalid} lines that are no records, where ${sent} were sent and ${told} refused`,
  );
  return wrong;
}
