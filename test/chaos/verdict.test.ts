import { expect, test } from 'vitest';
import { DROP_REASONS, type Stats } from '../../capture/wire.ts';
import type { LedgerEntry } from './function.ts';
import type { LyingRecord } from './spool-files.ts';
import { type Account, type Evidence, verdict } from './verdict.ts';

const OBJECT = 'Chaos/AllTraffic/2026/11/24/22/00-00-000-a.jsonl';
const record = (eventId: string, file = OBJECT): LyingRecord => ({
  eventId,
  inferenceTime: '2026-11-24T22:00:00Z',
  file,
});
const noted = (eventId: string, outcome: string): LedgerEntry[] => [
  { eventId, outcome: 'posted' },
  { eventId, outcome },
];

// a was delivered, b was in the spool until the recovery, c got no answer.
const ledger = [...noted('a', 'accepted'), ...noted('b', 'accepted'), { eventId: 'c', outcome: 'posted' }];
const dropped = Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0])) as Stats['dropped'];
const stats: Stats = {
  received: 2,
  recovered: 0,
  delivered: 1,
  logged: 0,
  dropped,
  leftOut: { NOT_SAMPLED: 0 },
  notCaptured: {},
  pending: 1,
  spoolBytes: 100,
};
const account: Account = { spoolAtStart: 0, spoolAtEnd: 1, shared: false, destroyed: [], inDoubt: [], ledger, stats };
const well: Evidence = {
  ledger,
  delivered: [record('a')],
  spooled: [record('b')],
  logged: [],
  deliveredAtLast: [record('a'), record('b')],
  spooledAtLast: [],
  tornAtLast: [],
  accounts: [account],
  unstarted: 0,
};

const counting = (changed: object) => ({ ...well, accounts: [{ ...account, stats: { ...stats, ...changed } }] });

/** A record is destroyed in the spool. */
const destroying = (id: string, changed: object, inDoubt: string[] = []): Evidence => ({
  ...well,
  spooled: [],
  deliveredAtLast: [record('a')],
  accounts: [{ ...account, spoolAtEnd: 0, destroyed: [id], inDoubt, stats: { ...stats, ...changed } }],
});

/** d was skipped before e was accepted. */
const losing = (droppedBefore: Record<string, number>): Evidence => {
  const sent = [...noted('d', 'skipped'), ...noted('e', 'accepted')].map((entry) => ({ ...entry, byClient: true }));
  const e = { ...record('e'), droppedBefore };
  return {
    ...well,
    ledger: [...ledger, ...sent],
    delivered: [...well.delivered, e],
    deliveredAtLast: [...well.deliveredAtLast, e],
  };
};

/** A line that is no record is sent twice, and counted so many times. */
const refusing = (counted: number): Evidence => ({
  ...well,
  accounts: [
    {
      ...account,
      ledger: [...ledger, ...noted('a-bad', 'INVALID_JSON'), ...noted('a-bad', 'INVALID_JSON')],
      stats: { ...stats, received: 2 + counted, dropped: { ...dropped, INVALID_JSON: counted } },
    },
  ],
});

test.each([
  ['what was acknowledged is delivered, or was in the spool and is delivered now', well],
  ['a record without an answer may be stored', { ...well, deliveredAtLast: [...well.deliveredAtLast, record('c')] }],
  ['a record may be in S3 and in the spool for a while', { ...well, spooled: [record('a'), record('b')] }],
  ['a record is in the log, as a last resort', { ...well, spooled: [], logged: ['b'], deliveredAtLast: [record('a')] }],
  ['what somebody else destroyed is counted', destroying('b', { dropped: { ...dropped, VANISHED: 1 }, pending: 0 })],
  ['what was destroyed just before the end may be taken for pending', destroying('b', {})],
  [
    'of what was posted when something was destroyed, nobody knows whether it was',
    destroying('b', { received: 3, dropped: { ...dropped, VANISHED: 2 }, pending: 0 }, ['c']),
  ],
  [
    'what shares a spool cannot be told by what lies there',
    { ...well, accounts: [{ ...account, shared: true, spoolAtStart: 7, spoolAtEnd: 9 }] },
  ],
  ['a line of the next record tells what the function could not hand over', losing({ skipped: 1 })],
  ['what is no record counts once, however often it is sent', refusing(1)],
  ['what is left out on purpose is no loss', counting({ received: 3, leftOut: { NOT_SAMPLED: 1 } })],
  ['a process that was killed has no counts', { ...well, accounts: [{ ...account, spoolAtEnd: 9, stats: undefined }] }],
])('no promise is broken: %s', (_, evidence: Evidence) => {
  expect(verdict(evidence)).toEqual([]);
});

test.each([
  ['lost: b was acknowledged and is nowhere', { ...well, spooled: [] }],
  ['lost: b was still in the spool, and a successor did not', { ...well, deliveredAtLast: [record('a')] }],
  ['left: b is in the spool after the recovery', { ...well, spooledAtLast: [record('b')] }],
  ['twice: a is in', { ...well, deliveredAtLast: [record('a'), record('a', `${OBJECT}2`), record('b')] }],
  ['not started: the extension of 1 environments', { ...well, unstarted: 1 }],
  ['torn: a line of x.jsonl is not whole', { ...well, tornAtLast: ['x.jsonl'] }],
  ['foreign: d was stored, and never posted', { ...well, deliveredAtLast: [...well.deliveredAtLast, record('d')] }],
  [
    'overstated: 2 records dropped for SPOOL_FULL, where 0 were',
    { ...well, deliveredAtLast: [{ ...record('a'), droppedBefore: { SPOOL_FULL: 2 } }, record('b')] },
  ],
  [
    'told of 0 pending records and 0 vanished ones, where 0 were in the spool and 1 destroyed',
    destroying('b', { delivered: 2, pending: 0 }),
  ],
  [
    'told of 0 pending records and 2 vanished ones, where 0 were in the spool and 1 destroyed',
    destroying('b', { received: 3, dropped: { ...dropped, VANISHED: 2 }, pending: 0 }),
  ],
  ['untold: the function did not send 1 records, of which stored lines tell 0', losing({})],
  ['counted 2 lines that are no records, where 1 were sent and 1 refused', refusing(2)],
  ['counted 0 lines that are no records, where 1 were sent and 1 refused', refusing(0)],
  ['misplaced: b', { ...well, deliveredAtLast: [record('a'), record('b', OBJECT.replace('/22/', '/21/'))] }],
  ['received 3 = delivered 1 + logged 0 + dropped 0 + left out 0 + pending 1', counting({ received: 3 })],
  ['delivered 1 + logged 0 + dropped 0 + left out 1 + pending 1', counting({ leftOut: { NOT_SAMPLED: 1 } })],
  ['recovered 1 records, where 0 were', counting({ received: 3, recovered: 1, delivered: 2 })],
  ['told of 2 pending records and 0 vanished ones, where 1 were', counting({ delivered: 0, pending: 2 })],
  ['stored 1 records, where 2 were acknowledged and 1 not answered', counting({ received: 1, delivered: 0 })],
  ['stored 4 records, where 2 were acknowledged and 1 not answered', counting({ received: 4, delivered: 3 })],
])('found: %s', (what, evidence: Evidence) => {
  expect(verdict(evidence)).toContainEqual(expect.stringContaining(what));
});
