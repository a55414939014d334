import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { EXAMPLE_LABEL } from '../../capture/fixtures/example-label.ts';
import type { StoredLabel } from '../../capture/stored-label.ts';
import { KEEP_EVERYTHING, type Policy } from '../../policy/policy.ts';
import { Counters } from '../accounting/counters.ts';
import { identityOf } from '../spool/lines.ts';
import type { AppendResult, Spool } from '../spool/spool.ts';
import { REMEMBERED_IDS } from './intake.ts';
import { createLabelIntake, type LabelFate } from './label-intake.ts';
import { RecentIds } from './recent-ids.ts';

const NOW = Date.parse('2026-11-25T10:00:00.250Z');

/** An intake of labels over a spool that may refuse. */
function setUp(label: Policy['label'] = KEEP_EVERYTHING.label, known: Buffer[] = []) {
  const stored: { line: Buffer; time: Date; kind: string }[] = [];
  const room: { refusal?: AppendResult } = {};
  const counters = new Counters();
  const log = vi.fn();
  const append: Spool['append'] = (line, time, kind = 'record') => {
    if (room.refusal) return room.refusal;
    stored.push({ line, time, kind });
    return { stored: true };
  };
  const fates = new RecentIds<LabelFate>(REMEMBERED_IDS);
  for (const line of known) fates.set(identityOf(line)!.id, 'stored'); // as a successor does
  const spool = { append, bytes: 0 } as unknown as Spool;
  const policy = { ...KEEP_EVERYTHING, label };
  const intake = createLabelIntake({ policy, spool, counters, fates, log, wallNow: () => NOW });
  const post = (sent: object = EXAMPLE_LABEL) => intake.take(JSON.stringify(sent));
  const lines = () => stored.map(({ line }): StoredLabel => JSON.parse(line.toString()));
  return { intake, counters, stored, room, log, post, lines };
}

test('a label goes to the spool as a stored line, under the hour of its own time', () => {
  const { post, stored, counters } = setUp();
  expect(post()).toEqual({ accepted: true });
  expect(stored).toMatchObject([{ kind: 'label', time: new Date(EXAMPLE_LABEL.time!) }]);
  expect(stored[0]!.line.toString()).toMatch(/^\{"groundTruthData":.+\}\n$/);
  expect(counters).toMatchObject({ received: 1 });
});

test('a label without a time lies under the hour in which it came, and is CSV unless it says otherwise', () => {
  const { post, stored, lines } = setUp();
  post({ inferenceId: 'order-7', data: '1' });
  expect(stored[0]!.time).toEqual(new Date(NOW));
  expect(lines()[0]).toMatchObject({
    groundTruthData: { data: '1', encoding: 'CSV' },
    eventMetadata: { inferenceId: 'order-7' },
    inferenceCapture: { receivedAt: new Date(NOW).toISOString() },
  });
});

test.each([
  ['no id', { data: '1' }, 'Expected an "eventId" or an "inferenceId" at "label"'],
  ['no data', { eventId: 'a' }, 'at "data", got undefined'],
  [
    'a time that is not UTC',
    { eventId: 'a', data: '1', time: '2026-11-24 09:30' },
    'Expected a UTC time that ends in Z',
  ],
  ['an unknown encoding', { eventId: 'a', data: '1', encoding: 'XML' }, 'at "encoding", got another text'],
])('a label with %s is refused, and the message says what was expected and not what came', (_, label, message) => {
  const { post, counters } = setUp();
  expect(post(label)).toEqual({ accepted: false, code: 'INVALID_RECORD', message: expect.stringContaining(message) });
  expect(post(label)).not.toMatchObject({ message: expect.stringContaining('XML') });
  expect(counters).toMatchObject({ received: 2, dropped: { INVALID_RECORD: 1, DUPLICATE: 1 } });
});

test('the same label is stored once, also where a predecessor has stored it', () => {
  const first = setUp();
  first.post();
  expect(first.post({ ...EXAMPLE_LABEL, newerKey: 1 })).toEqual({ accepted: true });
  expect(first.stored).toHaveLength(1);
  expect(first.counters).toMatchObject({ received: 2, dropped: { DUPLICATE: 1 } });

  const successor = setUp(undefined, [first.stored[0]!.line]);
  expect(successor.post()).toEqual({ accepted: true });
  expect(successor.stored).toEqual([]);
});

test('a label that a policy changes is known again by what is stored', () => {
  const blacken: Policy['label'] = (label) => ({ label: { ...label, data: '[name]' }, marks: { policy: 'c0ffee' } });
  const first = setUp(blacken);
  first.post();
  expect(first.lines()[0]).toMatchObject({
    groundTruthData: { data: '[name]' },
    inferenceCapture: { policy: 'c0ffee' },
  });
  const successor = setUp(blacken, [first.stored[0]!.line]);
  successor.post();
  expect(successor.stored).toEqual([]);
});

test('two labels for one record are both stored, in the order in which they came', () => {
  const { post, lines } = setUp();
  for (const data of ['Berlin', 'Bonn']) post({ ...EXAMPLE_LABEL, data });
  expect(lines().map(({ groundTruthData }) => groundTruthData.data)).toEqual(['Berlin', 'Bonn']);
});

test('after the end no label is taken', () => {
  const { intake, post, counters } = setUp();
  intake.close();
  expect(post()).toMatchObject({ accepted: false, code: 'SHUTTING_DOWN' });
  expect(counters.dropped.SHUTTING_DOWN).toBe(1);
});

test('whatever comes and however often, received = stored + dropped, each label is stored once, and the lines tell of the losses', () => {
  const step = fc.oneof(
    fc.record({ label: fc.nat(5) }),
    fc.constantFrom<'full' | 'unwritable' | 'room'>('full', 'unwritable', 'room'),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { post, counters, room, stored, lines } = setUp();
      const acknowledged = new Set<string>();
      const tried = new Set<string>();
      for (const one of steps) {
        if (one === 'room') delete room.refusal;
        else if (one === 'full') room.refusal = { stored: false, reason: 'full' };
        else if (one === 'unwritable') room.refusal = { stored: false, reason: 'unwritable', cause: new Error('EIO') };
        else {
          const data = `${one.label}`;
          tried.add(data);
          if (post({ eventId: 'a', data }).accepted) acknowledged.add(data);
        }
      }
      const drops = Object.values(counters.dropped).reduce((sum, count) => sum + count, 0);
      expect(counters.received).toBe(stored.length + drops);
      expect(
        lines()
          .map(({ groundTruthData }) => groundTruthData.data)
          .sort(),
      ).toEqual([...acknowledged].sort());
      const { DUPLICATE: _, ...lost } = counters.dropped;
      expect(Object.values(lost).reduce((sum, count) => sum + count, 0)).toBe(tried.size - acknowledged.size);
      const told = [...lines().map(({ inferenceCapture }) => inferenceCapture.droppedBefore), counters.toReport()]
        .flatMap((counts) => Object.values(counts ?? {}) as number[])
        .reduce((sum, count) => sum + count, 0);
      expect(told).toBe(tried.size - acknowledged.size);
    }),
  );
});
