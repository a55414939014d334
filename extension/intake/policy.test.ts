import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EXAMPLE_RECORD } from '../../capture/fixtures/example-record.ts';
import type { StoredLine } from '../../capture/stored-line.ts';
import type { LostBefore } from '../../capture/wire.ts';
import { KEEP_EVERYTHING } from '../../policy/policy.ts';
import { Counters } from '../accounting/counters.ts';
import type { PolicyInForce } from '../policy/policy-in-force.ts';
import type { AppendResult, Spool } from '../spool/spool.ts';
import { createIntake, type Fate, REMEMBERED_IDS } from './intake.ts';
import { RecentIds } from './recent-ids.ts';

/** Leaves out the records whose id is a capital letter, and blackens the others. */
const decide: PolicyInForce['record'] = (record) =>
  /[A-Z]/.test(record.eventId)
    ? { keep: false, reason: 'NOT_SAMPLED' }
    : {
        keep: true,
        record: { ...record, input: { ...record.input, data: 'black' } },
        marks: { sampleRate: 0.5 },
      };

/** An intake with a policy that may not be there, over a spool that may be full. */
function setUp(record = decide) {
  const stored: StoredLine[] = [];
  const room = { full: false };
  const policy = { isThere: true };
  const counters = new Counters();
  const append = (line: Buffer): AppendResult => {
    if (room.full) return { stored: false, reason: 'full' };
    stored.push(JSON.parse(line.toString()));
    return { stored: true };
  };
  const intake = createIntake({
    policy: { record: (one) => (policy.isThere ? record(one) : { unavailable: 'no policy' }) },
    spool: { append, bytes: 0 } as unknown as Spool,
    origin: { functionName: 'QuestionAnswering', functionVersion: '1' },
    counters,
    fates: new RecentIds<Fate>(REMEMBERED_IDS),
    log: () => {},
  });
  const post = (eventId: string, lostBefore?: LostBefore) =>
    intake.take(JSON.stringify({ ...EXAMPLE_RECORD, eventId, lostBefore }));
  const droppedBefore = () => stored.map(({ inferenceCapture }) => inferenceCapture.droppedBefore);
  return { intake, counters, stored, room, policy, post, droppedBefore };
}

test('without a policy every record is kept whole', () => {
  expect(KEEP_EVERYTHING.record(EXAMPLE_RECORD)).toEqual({
    keep: true,
    record: EXAMPLE_RECORD,
    marks: { sampleRate: 1 },
  });
});

test('what the policy makes of a record is stored, with its marks', () => {
  const { post, stored } = setUp();
  post('a');
  expect(stored[0]!.captureData.endpointInput?.data).toBe('black');
  expect(stored[0]!.inferenceCapture.sampleRate).toBe(0.5);
  expect(JSON.stringify(stored)).not.toContain(EXAMPLE_RECORD.input.data);
});

test('a policy that throws keeps the record out of the spool, and changes no count', () => {
  const { post, stored, counters } = setUp(() => {
    throw new Error('a fault');
  });
  expect(() => post('a')).toThrow('a fault'); // the receiver counts and answers it as INTERNAL_ERROR
  expect(stored).toEqual([]);
  expect(counters.received).toBe(0);
});

describe('a record that is left out', () => {
  test('is answered like one that is kept, needs no room, and is no loss', () => {
    const { post, stored, room, counters, droppedBefore } = setUp();
    room.full = true;
    const { accepted, ...rest } = post('A');
    room.full = false;
    expect({ accepted, ...rest }).toEqual(post('a'));
    expect(stored).toHaveLength(1);
    expect(droppedBefore()).toEqual([undefined]);
    expect(counters).toMatchObject({ received: 2, leftOut: { NOT_SAMPLED: 1 }, notCaptured: {} });
  });

  test('counts once, however often it is posted', () => {
    const { post, counters } = setUp();
    for (let i = 0; i < 3; i++) expect(post('A')).toMatchObject({ accepted: true });
    expect(counters).toMatchObject({ received: 3, leftOut: { NOT_SAMPLED: 1 }, dropped: { DUPLICATE: 2 } });
  });

  test('is no loss where a later record reports that it got no answer', () => {
    const { post, counters, droppedBefore } = setUp();
    post('A');
    post('b', { unanswered: [{ eventId: 'A', reason: 'timeout' }] });
    expect(droppedBefore()).toEqual([undefined]);
    expect(counters.notCaptured).toEqual({});
  });

  test('that comes after it was reported as lost takes the loss back, in the next stored line', () => {
    const { post, counters, droppedBefore } = setUp();
    post('b', { unanswered: [{ eventId: 'A', reason: 'timeout' }] });
    post('A');
    post('c');
    expect(droppedBefore()).toEqual([{ timeout: 1 }, { timeout: -1 }]);
    expect(counters).toMatchObject({ notCaptured: {}, leftOut: { NOT_SAMPLED: 1 } });
  });

  test.each([
    ['left out', (post: (id: string, losses?: LostBefore) => unknown, losses: LostBefore) => void post('A', losses)],
    [
      'left out again',
      (post: (id: string, losses?: LostBefore) => unknown, losses: LostBefore) => {
        post('A');
        post('A', losses);
      },
    ],
  ])('hands what it reports as lost to the next stored line, once: %s', (_, report) => {
    const { post, droppedBefore, counters } = setUp();
    const losses: LostBefore = {
      counts: [{ id: 'x', skipped: 3 }],
      unanswered: [{ eventId: 'gone', reason: 'unreachable' }],
    };
    report(post, losses);
    expect(counters.notCaptured).toEqual({ skipped: 3, unreachable: 1 });
    for (const eventId of ['b', 'c']) post(eventId, losses);
    expect(droppedBefore()).toEqual([{ skipped: 3, unreachable: 1 }, undefined]);
  });
});

test('a record that was refused for want of room and is then left out counts as left out', () => {
  let keeps = true;
  const { post, room, counters, droppedBefore } = setUp((record) =>
    keeps ? KEEP_EVERYTHING.record(record) : { keep: false, reason: 'NOT_SAMPLED' },
  );
  room.full = true;
  post('a');
  keeps = false;
  expect(post('a')).toMatchObject({ accepted: true });
  expect(counters).toMatchObject({
    received: 2,
    leftOut: { NOT_SAMPLED: 1 },
    dropped: { SPOOL_FULL: 0, DUPLICATE: 1 },
  });
  keeps = true;
  room.full = false;
  post('b');
  expect(droppedBefore()).toEqual([undefined]);
});

describe('a record that comes while there is no policy', () => {
  test('is refused and counts once, however often it is posted', () => {
    const { post, policy, stored, counters } = setUp();
    policy.isThere = false;
    const { requestId } = EXAMPLE_RECORD;
    const refused = { accepted: false, code: 'POLICY_UNAVAILABLE', message: 'no policy', requestId };
    for (let i = 0; i < 3; i++) expect(post('a')).toEqual(refused);
    expect(stored).toEqual([]);
    expect(counters).toMatchObject({ received: 3, dropped: { POLICY_UNAVAILABLE: 1, DUPLICATE: 2 } });
  });

  test.each([
    ['a', { POLICY_UNAVAILABLE: 0, DUPLICATE: 1 }, 0, [undefined, undefined]],
    ['A', { POLICY_UNAVAILABLE: 0, DUPLICATE: 1 }, 1, [undefined]],
  ])('and again when there is one counts as what becomes of it then: %s', (id, dropped, leftOut, told) => {
    const { post, policy, counters, droppedBefore } = setUp();
    policy.isThere = false;
    post(id);
    policy.isThere = true;
    expect(post(id)).toMatchObject({ accepted: true });
    post('z');
    expect(droppedBefore()).toEqual(told);
    expect(counters).toMatchObject({ received: 3, dropped, leftOut: { NOT_SAMPLED: leftOut } });
  });

  test('and never again is told of in the next stored line', () => {
    const { post, policy, droppedBefore } = setUp();
    policy.isThere = false;
    post('a');
    policy.isThere = true;
    post('b');
    expect(droppedBefore()).toEqual([{ POLICY_UNAVAILABLE: 1 }]);
  });
});

test('redactions are counted by rule, of what is stored', () => {
  const { post, room, counters } = setUp((record) => ({
    keep: true,
    record,
    marks: { sampleRate: 1, redacted: { email: 2, constructor: 1 } },
  }));
  for (const id of ['a', 'b', 'b']) post(id);
  room.full = true;
  post('c');
  expect(counters.redacted).toEqual({ email: 4, constructor: 2 });
});

test('rules beyond the most that a policy may have are counted together', () => {
  const counters = new Counters();
  for (let rule = 0; rule < 150; rule++) counters.redact({ [`rule-${rule}`]: 1 });
  counters.redact({ 'rule-99': 1, 'rule-100': 1 });
  expect(Object.keys(counters.redacted)).toHaveLength(101);
  expect(counters.redacted).toMatchObject({ 'rule-0': 1, 'rule-99': 2, '(others)': 51 });
});

const ids = fc.constantFrom(...'abcABC');
const post = fc.record({
  text: fc.oneof(
    { weight: 5, arbitrary: ids.map((eventId) => JSON.stringify({ ...EXAMPLE_RECORD, eventId })) },
    { weight: 1, arbitrary: fc.constantFrom('no JSON', '{}', '[]') },
  ),
  full: fc.boolean(),
  isThere: fc.boolean(),
});

test('whatever is posted, all that was received is stored, dropped or left out, and each record counts once', () => {
  fc.assert(
    fc.property(fc.array(post, { maxLength: 40 }), fc.nat(50), (posts, closedAt) => {
      const { intake, counters, stored, room, policy } = setUp();
      const acceptedIds = new Set<string>();
      for (const [at, { text, full, isThere }] of posts.entries()) {
        if (at === closedAt) intake.close();
        room.full = full;
        policy.isThere = isThere;
        if (intake.take(text).accepted) acceptedIds.add(JSON.parse(text).eventId);
        const dropped = Object.values(counters.dropped).reduce((sum, records) => sum + records, 0);
        expect(counters.received).toBe(at + 1);
        expect(counters.received).toBe(stored.length + dropped + counters.leftOut.NOT_SAMPLED);
      }
      const storedIds = stored.map(({ eventMetadata }) => eventMetadata.eventId);
      const leftOutIds = [...acceptedIds].filter((id) => /[A-Z]/.test(id));
      expect(counters.leftOut.NOT_SAMPLED).toBe(leftOutIds.length);
      expect([...storedIds, ...leftOutIds].sort()).toEqual([...acceptedIds].sort());
    }),
  );
});
