import { expect, test } from 'vitest';
import type { PolicyMarks } from '../../capture/stored-line.ts';
import type { Stats } from '../../capture/wire.ts';
import { fractionOf } from '../../policy/sampling/fraction.ts';
import type { Account, Evidence, PolicyEvidence } from './evidence.ts';
import type { FoundRecord } from './spool-files.ts';
import { verdict } from './verdict.ts';

const RATE = 0.5;
const ID = '0123456789abcdef';
const ids = Array.from({ length: 50 }, (_, at) => `7-0-${at}`);
const [IN, ALSO_IN] = ids.filter((id) => fractionOf(id) < RATE) as [string, string];
const [OUT, ALSO_OUT] = ids.filter((id) => fractionOf(id) >= RATE) as [string, string];

const marks: PolicyMarks = { policy: ID, sampleRate: RATE, redacted: { canary: 2 } };
const NO_POLICY: PolicyMarks = { sampleRate: 1, withheld: { input: 'POLICY_ERROR', output: 'POLICY_ERROR' } };
const record = (eventId: string, change: Partial<FoundRecord> = {}): FoundRecord => ({
  eventId,
  inferenceTime: '2026-11-24T22:00:00Z',
  file: 'Chaos/AllTraffic/2026/11/24/22/00-00-000-a.jsonl',
  marks,
  hasPayload: true,
  ...change,
});
const metadata = (eventId: string) => record(eventId, { marks: NO_POLICY, hasPayload: false });
const noted = (eventId: string, outcome: string) => [
  { eventId, outcome: 'posted' },
  { eventId, outcome },
];

interface Case {
  /** What the function was told of each record, in order. */
  outcomes: [eventId: string, outcome: string][];
  stored: FoundRecord[];
  leftOut?: number;
  unavailable?: number;
  policy?: Partial<PolicyEvidence>;
}

/** One process, which reported its counts. All that is stored was delivered. */
function evidenceOf({ outcomes, stored, leftOut = 0, unavailable = 0, policy }: Case): Evidence {
  const ledger = outcomes.flatMap(([eventId, outcome]) => noted(eventId, outcome));
  const stats = {
    received: stored.length + leftOut + unavailable,
    recovered: 0,
    delivered: stored.length,
    logged: 0,
    dropped: { POLICY_UNAVAILABLE: unavailable },
    leftOut: { NOT_SAMPLED: leftOut },
    pending: 0,
  } as unknown as Stats;
  const account: Account = {
    ...{ spoolAtStart: 0, spoolAtEnd: 0, shared: false, destroyed: [], uncertain: [] },
    ...{ ledger, stats },
  };
  return {
    ...{ ledger, spooled: [], logged: [], spooledAfterRecovery: [], tornAfterRecovery: [], unstarted: 0 },
    ...{ delivered: stored, deliveredAfterRecovery: stored, accounts: [account] },
    policy: { rate: RATE, onError: 'nothing', id: ID, exposed: [], ...policy },
  };
}

const WELL: Case = {
  outcomes: [
    [OUT, 'POLICY_UNAVAILABLE'],
    [IN, 'accepted'],
    [ALSO_OUT, 'accepted'],
  ],
  stored: [record(IN)],
  leftOut: 1,
  unavailable: 1,
};
const onMetadata = { policy: { onError: 'metadata' } } as const;
const never = { policy: { id: undefined } };

test.each<[string, Case]>([
  ['a record of the sample is stored, another is left out, and one that no policy could decide on is refused', WELL],
  [
    'before there is a policy, records are stored without payloads, whether they are in the sample or not',
    {
      ...onMetadata,
      outcomes: [IN, OUT, ALSO_OUT].map((id) => [id, 'accepted']),
      stored: [metadata(IN), metadata(OUT)],
      leftOut: 1,
    },
  ],
  [
    'without a policy nothing is stored',
    { ...never, outcomes: [[IN, 'POLICY_UNAVAILABLE']], stored: [], unavailable: 1 },
  ],
  ['a post without an answer may be refused', { outcomes: [[IN, 'timeout']], stored: [], unavailable: 1 }],
  ['a post without an answer may be left out', { outcomes: [[OUT, 'timeout']], stored: [], leftOut: 1 }],
  [
    'a record that was refused and then left out is one that is left out',
    {
      outcomes: [
        [OUT, 'POLICY_UNAVAILABLE'],
        [OUT, 'accepted'],
      ],
      stored: [],
      leftOut: 1,
    },
  ],
])('no promise is broken: %s', (_, one) => {
  expect(verdict(evidenceOf(one))).toEqual([]);
});

test('a record from before there was a policy may be destroyed while a later process has it', () => {
  const evidence = evidenceOf({ ...onMetadata, outcomes: [[OUT, 'accepted']], stored: [] });
  const [first] = evidence.accounts as [Account];
  const pending = { ...first, spoolAtEnd: 1, stats: { ...first.stats!, received: 1, pending: 1 } };
  const later: Account = { ...first, spoolAtStart: 1, destroyed: [OUT], ledger: [], stats: undefined };
  expect(verdict({ ...evidence, accounts: [pending, later] })).toEqual([]);
  expect(verdict({ ...evidence, accounts: [pending, { ...later, destroyed: [] }] })).toContainEqual(
    expect.stringMatching('left out 0 records, where 1 to 1'),
  );
});

const accepted: [string, string][] = [[IN, 'accepted']];
test.each<[string, Case]>([
  ['exposed: the log has what the policy redacts', { ...WELL, policy: { exposed: ['the log'] } }],
  [`lost: ${IN} was acknowledged`, { outcomes: accepted, stored: [], leftOut: 1 }],
  [`sampled: ${OUT} `, { outcomes: [[OUT, 'accepted']], stored: [record(OUT)] }],
  [
    `unmarked: ${IN} .* by which policy`,
    { outcomes: accepted, stored: [record(IN, { marks: { ...marks, policy: 'x' } })] },
  ],
  [`unmarked: ${IN} .* redacted`, { outcomes: accepted, stored: [record(IN, { marks: { ...marks, redacted: {} } })] }],
  [`unmarked: ${IN} .* share`, { outcomes: accepted, stored: [record(IN, { marks: { ...marks, sampleRate: 1 } })] }],
  [`unlawful: ${IN} .* never was a policy`, { ...never, outcomes: accepted, stored: [record(IN)] }],
  [`unlawful: ${IN} .* without a policy`, { outcomes: accepted, stored: [metadata(IN)] }],
  [
    `unlawful: ${IN} .* without a policy`,
    { ...onMetadata, outcomes: accepted, stored: [{ ...metadata(IN), hasPayload: true }] },
  ],
  [
    `withdrawn: ${ALSO_IN} `,
    { ...WELL, outcomes: [...WELL.outcomes, [ALSO_IN, 'POLICY_UNAVAILABLE']], unavailable: 2 },
  ],
  ['miscounted: .* left out 2 records, where 1 to 1', { ...WELL, leftOut: 2 }],
  ['miscounted: .* left out 0 records, where 1 to 1', { ...WELL, leftOut: 0 }],
  ['miscounted: .* refused 2 records for want of a policy, where 1 to 1', { ...WELL, unavailable: 2 }],
  ['miscounted: .* refused 0 records for want of a policy, where 1 to 1', { ...WELL, unavailable: 0 }],
])('found: %s', (what, one) => {
  expect(verdict(evidenceOf(one))).toContainEqual(expect.stringMatching(`^${what}`));
});

test('a record without payloads that another environment destroyed in a shared spool is not left out', () => {
  const evidence = evidenceOf({ ...onMetadata, outcomes: [[OUT, 'accepted']], stored: [metadata(OUT)] });
  const [account] = evidence.accounts;
  const neighbour: Account = { ...account!, ledger: [], destroyed: [OUT] };
  delete neighbour.stats;
  const accounts = [{ ...account!, shared: true }, neighbour];
  const gone = { ...evidence, delivered: [], deliveredAfterRecovery: [], accounts };
  expect(verdict(gone)).toEqual([]);
  expect(verdict({ ...gone, accounts: accounts.slice(0, 1) })).toContainEqual(expect.stringContaining('left out 0'));
});
