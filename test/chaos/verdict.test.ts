import { expect, test } from 'vitest';
import { DROP_REASONS, type Stats } from '../../capture/wire.ts';
import type { LedgerEntry } from './function.ts';
import type { FoundRecord } from './spool-files.ts';
import { type Account, type Evidence, verdict } from './verdict.ts';

const OBJECT = 'Chaos/AllTraffic/2026/11/24/22/00-00-000-a.jsonl';
const record = (eventId: string, file = OBJECT): FoundRecord => ({
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
  leftOut: { NOT_SAMPLED: 0, RATE_LIMITED: 0 },
  notCaptured: {},
  pending: 1,
  labels: { received: 0, recovered: 0, delivered: 0, logged: 0, dropped: {}, pending: 0 },
  payloads: { delivered: 0, logged: 0, dropped: {}, pending: 0 },
  spoolBytes: 100,
  redacted: {},
};
const account: Account = { spoolAtStart: 0, spoolAtEnd: 1, shared: false, destroyed: [], uncertain: [], ledger, stats };
const well: Evidence = {
  ledger,
  delivered: [record('a')],
  spooled: [record('b')],
  logged: [],
  deliveredAfterRecovery: [record('a'), record('b')],
  spooledAfterRecovery: [],
  tornAfterRecovery: [],
  accounts: [account],
  unstarted: 0,
};

const counting = (changed: object) => ({ ...well, accounts: [{ ...account, stats: { ...stats, ...changed } }] });

/** The record `id` is destroyed in the spool. */
const destroying = (id: string, changed: object, uncertain: string[] = []): Evidence => ({
  ...well,
  spooled: [],
  deliveredAfterRecovery: [record('a')],
  accounts: [{ ...account, spoolAtEnd: 0, destroyed: [id], uncertain, stats: { ...stats, ...changed } }],
});

/** d was skipped before e was accepted, whose line reports `droppedBefore`. */
const losing = (droppedBefore: Record<string, number>): Evidence => {
  const sent = [...noted('d', 'skipped'), ...noted('e', 'accepted')].map((entry) => ({ ...entry, byClient: true }));
  const e = { ...record('e'), droppedBefore };
  return {
    ...well,
    ledger: [...ledger, ...sent],
    delivered: [...well.delivered, e],
    deliveredAfterRecovery: [...well.deliveredAfterRecovery, e],
  };
};

/** A line that is not a record is posted twice, and counted `counted` times. */
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
  ['an acknowledged record is delivered, or was in the spool and is delivered after the recovery', well],
  [
    'a record without an answer may be stored',
    { ...well, deliveredAfterRecovery: [...well.deliveredAfterRecovery, record('c')] },
  ],
  ['a record may be in S3 and in the spool for a while', { ...well, spooled: [record('a'), record('b')] }],
  [
    'a record may be in the log, as the last resort',
    { ...well, spooled: [], logged: ['b'], deliveredAfterRecovery: [record('a')] },
  ],
  ['a destroyed record is counted', destroying('b', { dropped: { ...dropped, VANISHED: 1 }, pending: 0 })],
  ['a record that was destroyed just before the end may count as pending', destroying('b', {})],
  [
    'a record that was posted during the tampering may be destroyed or not',
    destroying('b', { received: 3, dropped: { ...dropped, VANISHED: 2 }, pending: 0 }, ['c']),
  ],
  [
    'the records in a shared spool prove nothing about one process',
    { ...well, accounts: [{ ...account, shared: true, spoolAtStart: 7, spoolAtEnd: 9 }] },
  ],
  ['the line of the next record reports what the function did not post', losing({ skipped: 1 })],
  ['a line that is not a record counts once, however often it is posted', refusing(1)],
  ['what is left out on purpose is no loss', counting({ received: 3, leftOut: { NOT_SAMPLED: 1 } })],
  ['a process that was killed has no counts', { ...well, accounts: [{ ...account, spoolAtEnd: 9, stats: undefined }] }],
])('no promise is broken: %s', (_, evidence: Evidence) => {
  expect(verdict(evidence)).toEqual([]);
});

test.each([
  ['lost: b was acknowledged and is nowhere', { ...well, spooled: [] }],
  ['lost: b was still in the spool, and a successor did not', { ...well, deliveredAfterRecovery: [record('a')] }],
  ['left: b is in the spool after the recovery', { ...well, spooledAfterRecovery: [record('b')] }],
  ['twice: a is in', { ...well, deliveredAfterRecovery: [record('a'), record('a', `${OBJECT}2`), record('b')] }],
  ['not started: the extension of 1 environments', { ...well, unstarted: 1 }],
  ['torn: a line of x.jsonl is not whole', { ...well, tornAfterRecovery: ['x.jsonl'] }],
  [
    'foreign: d was stored, and never posted',
    { ...well, deliveredAfterRecovery: [...well.deliveredAfterRecovery, record('d')] },
  ],
  [
    'overstated: 2 records dropped for SPOOL_FULL, where 0 were',
    { ...well, deliveredAfterRecovery: [{ ...record('a'), droppedBefore: { SPOOL_FULL: 2 } }, record('b')] },
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
  ['misplaced: b', { ...well, deliveredAfterRecovery: [record('a'), record('b', OBJECT.replace('/22/', '/21/'))] }],
  ['received 3 = delivered 1 + logged 0 + dropped 0 + left out 0 + pending 1', counting({ received: 3 })],
  ['delivered 1 + logged 0 + dropped 0 + left out 1 + pending 1', counting({ leftOut: { NOT_SAMPLED: 1 } })],
  ['recovered 1 records, where 0 were', counting({ received: 3, recovered: 1, delivered: 2 })],
  ['told of 2 pending records and 0 vanished ones, where 1 were', counting({ delivered: 0, pending: 2 })],
  ['stored 1 records, where 2 were acknowledged and 1 not answered', counting({ received: 1, delivered: 0 })],
  ['stored 4 records, where 2 were acknowledged and 1 not answered', counting({ received: 4, delivered: 3 })],
])('found: %s', (what, evidence: Evidence) => {
  expect(verdict(evidence)).toContainEqual(expect.stringContaining(what));
});
