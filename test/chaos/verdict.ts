import type { Stats } from '../../capture/wire.ts';
import type { LedgerEntry } from './function.ts';
import type { LyingRecord } from './spool-files.ts';

/** The life of one extension process. */
export interface Account {
  /** Records in the spool when it was started, and when the next one was, or at the end. */
  spoolAtStart: number;
  spoolAtEnd: number;
  /** What the function noted meanwhile. */
  ledger: LedgerEntry[];
  /** What it said of itself when it shut down; absent where it was killed. */
  stats?: Stats;
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
  accounts: Account[];
}

/** Every promise that a run broke, in words; none when all is well. */
export function verdict(evidence: Evidence): string[] {
  return [
    ...lost(evidence),
    ...twice(evidence),
    ...foreign(evidence),
    ...misplaced(evidence),
    ...miscounted(evidence),
    ...overstated(evidence),
  ];
}

/** Outcomes of a post that only the extension knows more of. */
const UNANSWERED = ['timeout', 'unreachable'];

const ids = (records: readonly LyingRecord[]) => new Set(records.map(({ eventId }) => eventId));

function lost({ ledger, delivered, spooled, logged, deliveredAtLast, spooledAtLast }: Evidence): string[] {
  const acknowledged = ledger.filter(({ outcome }) => outcome === 'accepted').map(({ eventId }) => eventId);
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

/** A record belongs under its own hour: `.../yyyy/MM/dd/HH/...`. */
function misplaced({ deliveredAtLast }: Evidence): string[] {
  return deliveredAtLast
    .filter(({ inferenceTime, file }) => !file.includes(`/${inferenceTime.slice(0, 13).replace(/[-T]/g, '/')}/`))
    .map(({ eventId, inferenceTime, file }) => `misplaced: ${eventId} of ${inferenceTime} is in ${file}`);
}

function miscounted({ accounts }: Evidence): string[] {
  return accounts.flatMap((account, at) =>
    miscounts(account).map((what) => `miscounted: process ${at + 1} of the extension, ${what}`),
  );
}

/** The losses that stored lines tell of have happened, each of them once. */
function overstated({ ledger, deliveredAtLast }: Evidence): string[] {
  const outcomes = new Map(ledger.map(({ eventId, outcome }) => [eventId, outcome])); // the last one of each
  const count = (...of: string[]) => [...outcomes.values()].filter((outcome) => of.includes(outcome)).length;
  const told = new Map<string, number>();
  for (const { droppedBefore } of deliveredAtLast) {
    for (const [reason, records] of Object.entries(droppedBefore ?? {})) {
      told.set(reason, (told.get(reason) ?? 0) + records);
    }
  }
  return [...told]
    .filter(([reason, records]) => records > count(reason, 'posted', ...UNANSWERED))
    .map(([reason, records]) => `overstated: ${records} records dropped for ${reason}, where ${count(reason)} were`);
}

function miscounts({ spoolAtStart, spoolAtEnd, ledger, stats }: Account): string[] {
  if (stats === undefined) return [];
  const { received, recovered, delivered, logged, pending } = stats;
  const dropped = Object.values(stats.dropped).reduce((sum, records) => sum + records, 0);
  const wrong: string[] = [];
  const expect = (holds: boolean, what: string) => {
    if (!holds) wrong.push(what);
  };
  expect(
    received === delivered + logged + dropped + pending,
    `received ${received} = delivered ${delivered} + logged ${logged} + dropped ${dropped} + pending ${pending} does not hold`,
  );
  expect(recovered === spoolAtStart, `recovered ${recovered} records, where ${spoolAtStart} were in the spool`);
  expect(pending === spoolAtEnd, `told of ${pending} pending records, where ${spoolAtEnd} were in the spool`);
  // Of a post that was not answered, only the extension knows whether the record was stored.
  const accepted = ledger.filter(({ outcome }) => outcome === 'accepted').length;
  const answered = ledger.filter(({ outcome }) => outcome !== 'posted' && !UNANSWERED.includes(outcome)).length;
  const unanswered = ledger.filter(({ outcome }) => outcome === 'posted').length - answered;
  const stored = received - recovered - dropped;
  expect(
    accepted <= stored && stored <= accepted + unanswered,
    `stored ${stored} records, where ${accepted} were acknowledged and ${unanswered} not answered`,
  );
  return wrong;
}
