import { beforeEach, describe, expect, test, vi } from 'vitest';
import { EXAMPLE_RECORD } from '../../capture/fixtures/example-record.ts';
import { KEEP_EVERYTHING } from '../../policy/policy.ts';
import { Counters } from '../accounting/counters.ts';
import type { AppendResult, Spool } from '../spool/spool.ts';
import { createIntake, type Fate, REMEMBERED_IDS, refusingIntake } from './intake.ts';
import { RecentIds } from './recent-ids.ts';

const ORIGIN = { functionName: 'QuestionAnswering', functionVersion: '7' };
const append = vi.fn<(line: Buffer, time: Date) => AppendResult>();
beforeEach(() => {
  append.mockReset().mockReturnValue({ stored: true });
});

/** What the stored lines tell of losses. */
function told() {
  return append.mock.calls
    .filter((_, call) => (append.mock.results[call]!.value as AppendResult).stored)
    .map(([line]) => JSON.parse(line.toString()).inferenceCapture.droppedBefore);
}

function setUp(knownEventIds: string[] = []) {
  const counters = new Counters();
  const log = vi.fn();
  const fates = new RecentIds<Fate>(REMEMBERED_IDS);
  for (const id of knownEventIds) fates.set(id, 'stored');
  const intake = createIntake({
    policy: KEEP_EVERYTHING,
    spool: { append, bytes: 99 } as unknown as Spool,
    origin: ORIGIN,
    counters,
    fates,
    log,
  });
  return { counters, log, intake, take: (record: object) => intake.take(JSON.stringify(record)) };
}

test('a record goes to the spool as a stored line, under its own time', () => {
  const { counters, take } = setUp();
  expect(take(EXAMPLE_RECORD)).toEqual({ accepted: true, requestId: EXAMPLE_RECORD.requestId });
  const [line, time] = append.mock.calls[0]!;
  expect(line.toString()).toMatch(/^\{"captureData":.+"functionVersion":"7","sampleRate":1,.+\}\n$/);
  expect(time).toEqual(new Date(EXAMPLE_RECORD.inferenceTime));
  expect(counters.received).toBe(1);
});

test('a line feed in a record does not break its line', () => {
  setUp().take({ ...EXAMPLE_RECORD, input: { ...EXAMPLE_RECORD.input, data: 'a\nb\u2028c' } });
  expect(append.mock.calls[0]![0].toString().trimEnd()).not.toContain('\n');
});

test.each([
  ['posted twice', []],
  ['stored by a predecessor', [EXAMPLE_RECORD.eventId]],
])('a record %s is acknowledged and stored once', (_, known) => {
  const { counters, take } = setUp(known);
  take(EXAMPLE_RECORD);
  expect(take(EXAMPLE_RECORD)).toMatchObject({ accepted: true });
  expect(append.mock.calls.length + known.length).toBe(1);
  expect(counters.received - counters.dropped.DUPLICATE + known.length).toBe(1);
});

test('a record that could not be stored may come again, and counts once, as what became of it in the end', () => {
  const { counters, take } = setUp();
  const full = { stored: false, reason: 'full' } as const;
  append.mockReturnValueOnce(full).mockReturnValueOnce(full);
  for (let i = 0; i < 2; i++) expect(take(EXAMPLE_RECORD)).toMatchObject({ accepted: false, code: 'SPOOL_FULL' });
  expect(counters).toMatchObject({ received: 2, dropped: { SPOOL_FULL: 1, DUPLICATE: 1 } });
  expect(take(EXAMPLE_RECORD)).toMatchObject({ accepted: true });
  expect(counters).toMatchObject({ received: 3, dropped: { SPOOL_FULL: 0, DUPLICATE: 2 } });
  expect(told()).toEqual([undefined]);
});

test('a loss that a line has told of already is taken back in the line of the record, when that comes after all', () => {
  const { take } = setUp();
  append.mockReturnValueOnce({ stored: false, reason: 'full' });
  for (const eventId of ['a', 'b', 'a']) take({ ...EXAMPLE_RECORD, eventId });
  expect(told()).toEqual([{ SPOOL_FULL: 1 }, { SPOOL_FULL: -1 }]);
});

test.each(['{"eventId":', '{"eventId":"a"}', '[]'])(
  'what is no record counts once, however often it comes: %s',
  (text) => {
    const { counters, intake } = setUp();
    const code = text === '{"eventId":' ? 'INVALID_JSON' : 'INVALID_RECORD';
    for (let i = 0; i < 3; i++) expect(intake.take(text)).toMatchObject({ accepted: false, code });
    expect(counters).toMatchObject({ received: 3, dropped: { [code]: 1, DUPLICATE: 2 } });
    intake.take(`${text} `);
    expect(counters.dropped[code]).toBe(2);
  },
);

test.each([
  [{ stored: false, reason: 'unwritable', cause: new Error('ENOSPC') }, 'SPOOL_UNWRITABLE', /cannot be written/],
  [{ stored: false, reason: 'full' }, 'SPOOL_FULL', /the spool is full/],
] as [AppendResult, string, RegExp][])(
  'a spool that refuses is told to the function each time, and to the log once: %j',
  (result, code, message) => {
    const { take, log } = setUp();
    append.mockReturnValue(result);
    for (let i = 0; i < 3; i++) expect(take(EXAMPLE_RECORD)).toMatchObject({ accepted: false, code });
    expect(log).toHaveBeenCalledExactlyOnceWith('ERROR', expect.stringMatching(message), expect.anything());
    append.mockReturnValueOnce({ stored: true }).mockReturnValue(result);
    take(EXAMPLE_RECORD);
    take({ ...EXAMPLE_RECORD, eventId: 'another' });
    expect(log).toHaveBeenCalledTimes(2);
  },
);

test('the first line after a loss tells of it, and no other does', () => {
  const { take, intake } = setUp();
  const take1 = (eventId: string) => take({ ...EXAMPLE_RECORD, eventId });
  take1('a');
  append.mockReturnValueOnce({ stored: false, reason: 'full' }).mockReturnValueOnce({ stored: false, reason: 'full' });
  take1('b');
  take1('c');
  intake.take('no JSON');
  take1('a');
  for (const eventId of ['d', 'e']) take1(eventId);
  expect(told()).toEqual([undefined, { SPOOL_FULL: 2, INVALID_JSON: 1 }, undefined]);
});

describe('what a function could not hand over', () => {
  const telling = (eventId: string, lostBefore: object) => ({ ...EXAMPLE_RECORD, eventId, lostBefore });
  const skipped = { counts: [{ id: 'x', skipped: 3, queue_full: 1 }] };

  test('is told by the line of the record that told it, and counted beside what was received', () => {
    const { counters, take } = setUp();
    append.mockReturnValueOnce({ stored: false, reason: 'full' });
    take(telling('a', skipped));
    expect(counters.notCaptured).toEqual({});
    take(telling('b', skipped));
    expect(told()).toEqual([{ SPOOL_FULL: 1, skipped: 3, queue_full: 1 }]);
    expect(counters).toMatchObject({ received: 2, notCaptured: { skipped: 3, queue_full: 1 } });
  });

  test('is counted once, however often it is told', () => {
    const { counters, take } = setUp();
    for (const eventId of ['a', 'a', 'b']) take(telling(eventId, skipped));
    expect(told()).toEqual([{ skipped: 3, queue_full: 1 }, undefined]);
    expect(counters.notCaptured).toEqual({ skipped: 3, queue_full: 1 });
  });

  test('is lost only if it did not come', () => {
    const { take } = setUp();
    take({ ...EXAMPLE_RECORD, eventId: 'a' });
    const unanswered = ['a', 'b', 'c'].map((eventId) => ({ eventId, reason: 'timeout' }));
    for (const eventId of ['c', 'd', 'e']) take(telling(eventId, { unanswered }));
    expect(told()).toEqual([undefined, { timeout: 1 }, undefined, undefined]);
  });

  test('is taken back in its own line when it comes late, and then a repetition is a duplicate', () => {
    const { counters, take } = setUp();
    take(telling('b', { unanswered: [{ eventId: 'a', reason: 'timeout' }] }));
    for (let i = 0; i < 2; i++) expect(take({ ...EXAMPLE_RECORD, eventId: 'a' })).toMatchObject({ accepted: true });
    expect(told()).toEqual([{ timeout: 1 }, { timeout: -1 }]);
    expect(counters).toMatchObject({ received: 3, notCaptured: {}, dropped: { DUPLICATE: 1 } });
  });

  test('for a reason that this extension does not know is not counted, and the record is taken', () => {
    const { take } = setUp();
    expect(take(telling('a', { counts: [{ id: 'x', later: 1, skipped: 1 }] }))).toMatchObject({ accepted: true });
    expect(told()).toEqual([{ skipped: 1 }]);
  });
});

test.each([
  ['{"eventId":', 'INVALID_JSON', /got text that is not JSON/],
  ['[]', 'INVALID_RECORD', /eventId/],
  [
    JSON.stringify({ ...EXAMPLE_RECORD, status: 'secret' }),
    'INVALID_RECORD',
    /Expected number at "status", got another text/,
  ],
  [JSON.stringify({ ...EXAMPLE_RECORD, input: { data: 'secret' } }), 'INVALID_RECORD', /"input.contentType"/],
  [JSON.stringify({ ...EXAMPLE_RECORD, eventId: 4111111111 }), 'INVALID_RECORD', /at "eventId", got another number/],
  [
    JSON.stringify({ ...EXAMPLE_RECORD, inferenceTime: '2026-02-30T00:00:00Z' }),
    'INVALID_RECORD',
    /^Expected a time that exists at "inferenceTime", got another text/,
  ],
])('%s is refused as %s', (text, code, message) => {
  const { counters, intake } = setUp();
  const result = intake.take(text);
  expect(result).toMatchObject({ accepted: false, code, message: expect.stringMatching(message) });
  expect(JSON.stringify(result)).not.toMatch(/secret|4111/);
  expect(counters).toMatchObject({ received: 1, dropped: { [code]: 1 } });
});

test('at the end of the environment nothing more is taken', () => {
  const { intake, take } = setUp();
  intake.close();
  expect(take(EXAMPLE_RECORD)).toMatchObject({ accepted: false, code: 'SHUTTING_DOWN' });
});

test('an extension without a configuration refuses and says why', () => {
  const counters = new Counters();
  expect(refusingIntake(counters, 'CAPTURE_PORT: ...').take('')).toMatchObject({
    code: 'NOT_CONFIGURED',
    message: 'CAPTURE_PORT: ...',
  });
  expect(counters).toMatchObject({ received: 1, dropped: { NOT_CONFIGURED: 1 } });
});

test('a loss that the spool notices while it takes a record is told in the line after it, and no other twice', () => {
  const { counters, take } = setUp();
  counters.lose('VANISHED', 1);
  append.mockImplementationOnce(() => {
    counters.lose('VANISHED', 2);
    counters.lose('SPOOL_FULL', 3);
    return { stored: true };
  });
  for (const eventId of ['a', 'b', 'c']) take({ ...EXAMPLE_RECORD, eventId });
  expect(told()).toEqual([{ VANISHED: 1 }, { VANISHED: 2, SPOOL_FULL: 3 }, undefined]);
});
