import { beforeEach, expect, test, vi } from 'vitest';
import { EXAMPLE_RECORD } from '../capture/example-record.ts';
import { Counters } from './counters.ts';
import { createIntake, REMEMBERED_IDS, refusingIntake } from './intake.ts';
import { RecentIds } from './recent-ids.ts';
import type { AppendResult, Spool } from './spool/spool.ts';

const ORIGIN = { functionName: 'QuestionAnswering', functionVersion: '7', sampleRate: 1 };
const append = vi.fn<(line: Buffer, time: Date) => AppendResult>();
beforeEach(() => {
  append.mockReset().mockReturnValue({ stored: true });
});

function setUp(knownEventIds: string[] = []) {
  const counters = new Counters();
  const log = vi.fn();
  const taken = new RecentIds(REMEMBERED_IDS);
  for (const id of knownEventIds) taken.add(id);
  const intake = createIntake({
    spool: { append, bytes: 99 } as unknown as Spool,
    origin: ORIGIN,
    counters,
    taken,
    log,
  });
  return { counters, log, intake, take: (record: object) => intake.take(JSON.stringify(record)) };
}

test('a record goes to the spool as a stored line, under its own time', () => {
  const { counters, take } = setUp();
  expect(take(EXAMPLE_RECORD)).toEqual({ accepted: true, requestId: EXAMPLE_RECORD.requestId });
  const [line, time] = append.mock.calls[0]!;
  expect(line.toString()).toMatch(/^\{"captureData":.+"functionVersion":"7".+\}\n$/);
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

test('a record that could not be stored may come again', () => {
  const { counters, take } = setUp();
  append.mockReturnValueOnce({ stored: false, reason: 'full' });
  expect(take(EXAMPLE_RECORD)).toMatchObject({ accepted: false, code: 'SPOOL_FULL' });
  expect(take(EXAMPLE_RECORD)).toMatchObject({ accepted: true });
  expect(counters).toMatchObject({ received: 2, dropped: { SPOOL_FULL: 1, DUPLICATE: 0 } });
});

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
  const told = append.mock.calls.map(([line]) => JSON.parse(line.toString()).inferenceCapture.droppedBefore);
  expect([told[0], told[3], told[4]]).toEqual([undefined, { SPOOL_FULL: 2, INVALID_JSON: 1 }, undefined]);
});

test.each([
  ['{"eventId":', 'INVALID_JSON', /got no JSON/],
  ['[]', 'INVALID_RECORD', /eventId/],
  [
    JSON.stringify({ ...EXAMPLE_RECORD, status: 'secret' }),
    'INVALID_RECORD',
    /Expected number at "status", got another text/,
  ],
  [JSON.stringify({ ...EXAMPLE_RECORD, input: { data: 'secret' } }), 'INVALID_RECORD', /"input.contentType"/],
])('%s is refused as %s', (text, code, message) => {
  const { counters, intake } = setUp();
  const result = intake.take(text);
  expect(result).toMatchObject({ accepted: false, code, message: expect.stringMatching(message) });
  expect(JSON.stringify(result)).not.toContain('secret');
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
  const told = () => JSON.parse(append.mock.lastCall![0].toString()).inferenceCapture.droppedBefore;
  counters.lose('VANISHED', 1);
  append.mockImplementationOnce(() => {
    counters.lose('VANISHED', 2);
    counters.lose('SPOOL_FULL', 3);
    return { stored: true };
  });
  take({ ...EXAMPLE_RECORD, eventId: 'a' });
  expect(told()).toEqual({ VANISHED: 1 });
  take({ ...EXAMPLE_RECORD, eventId: 'b' });
  expect(told()).toEqual({ VANISHED: 2, SPOOL_FULL: 3 });
  take({ ...EXAMPLE_RECORD, eventId: 'c' });
  expect(told()).toBeUndefined();
});
