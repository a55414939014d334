import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EXAMPLE_RECORD } from '../capture/fixtures/example-record.ts';
import { createLosses } from '../capture/losses.ts';
import { type LostBefore, NOT_CAPTURED_REASONS } from '../capture/wire.ts';
import { Counters } from '../extension/accounting/counters.ts';
import { createIntake, type Fate, REMEMBERED_IDS } from '../extension/intake/intake.ts';
import { RecentIds } from '../extension/intake/recent-ids.ts';
import type { AppendResult, Spool } from '../extension/spool/spool.ts';
import { KEEP_EVERYTHING, type Policy } from '../policy/policy.ts';

/** What happens to a record on its way to the extension. */
type Outcome =
  | 'answered'
  /** The connection broke after the record had been read, so it was posted once more. */
  | 'posted twice, answered'
  | 'answer lost'
  | 'lost'
  /** It is in a socket that the function has given up, and the extension reads it later. */
  | 'late'
  | 'not sent';

type Step =
  /** A record is sent: a new one, or one that got no answer. It is sent together with the record before, or after it. */
  | { send: Outcome; again: number | undefined; full: boolean; together: boolean; leftOut: boolean }
  | { arrivesLate: number; full: boolean };

const LEFT_OUT = 'to be left out';
const policy: Policy = {
  ...KEEP_EVERYTHING,
  record: (record) =>
    record.eventId.endsWith(LEFT_OUT) ? { keep: false, reason: 'NOT_SAMPLED' } : KEEP_EVERYTHING.record(record),
};

const sum = (counts: object) => Object.values(counts).reduce((total: number, records: number) => total + records, 0);

/** A function's count of losses and an extension's intake, without a connection between them. */
class Pair {
  readonly sent = new Set<string>();
  readonly stored = new Set<string>();
  /** Accepted, and left out by the policy. */
  readonly leftOut = new Set<string>();
  readonly unanswered: string[] = [];
  readonly counters = new Counters();
  /** The number of lost records that the stored lines report. */
  told = 0;
  #full = false;
  readonly #losses = createLosses();
  readonly #late: string[] = [];
  #underWay: (() => void)[] = [];
  readonly #intake = createIntake({
    policy,
    spool: { append: (line: Buffer) => this.#append(line), bytes: 0 } as unknown as Spool,
    origin: { functionName: 'QuestionAnswering', functionVersion: '1' },
    counters: this.counters,
    fates: new RecentIds<Fate>(REMEMBERED_IDS),
    log: () => {},
  });

  do(step: Step): void {
    if ('arrivesLate' in step) {
      const [body] = this.#late.splice(step.arrivesLate % (this.#late.length || 1), 1);
      if (body !== undefined) this.#post(body, step.full);
      return;
    }
    const { send, again, full, together, leftOut } = step;
    if (!together) this.settle();
    const [repeated] =
      again === undefined || send === 'not sent'
        ? []
        : this.unanswered.splice(again % (this.unanswered.length || 1), 1);
    const eventId = repeated ?? `record ${this.sent.size}${leftOut ? LEFT_OUT : ''}`;
    this.sent.add(eventId);
    const lostBefore = this.#losses.toReport(eventId);
    const body = JSON.stringify({ ...EXAMPLE_RECORD, eventId, lostBefore });
    this.#underWay.push(() => this.#send(eventId, body, lostBefore, send, full));
  }

  /** Completes what is under way. */
  settle(): void {
    for (const send of this.#underWay.splice(0)) send();
  }

  allArrive(): void {
    this.settle();
    for (const body of this.#late.splice(0)) this.#post(body, false);
  }

  #send(eventId: string, body: string, told: LostBefore | undefined, outcome: Outcome, full: boolean): void {
    if (outcome === 'not sent') {
      this.#losses.notSent(eventId, 'skipped');
      return;
    }
    const posts = { answered: 1, 'posted twice, answered': 2, 'answer lost': 1, lost: 0, late: 0 }[outcome];
    let accepted = false;
    for (let i = 0; i < posts; i++) accepted = this.#post(body, full);
    if (outcome === 'late') this.#late.push(body);
    if (outcome === 'answered' || outcome === 'posted twice, answered') {
      if (accepted) this.#losses.accepted(eventId, told);
    } else {
      this.#losses.unanswered(eventId, 'timeout');
      this.unanswered.push(eventId);
    }
  }

  #post(body: string, full: boolean): boolean {
    this.#full = full;
    const { accepted } = this.#intake.take(body);
    const { eventId } = JSON.parse(body) as { eventId: string };
    if (accepted && eventId.endsWith(LEFT_OUT)) this.leftOut.add(eventId);
    return accepted;
  }

  #append(line: Buffer): AppendResult {
    if (this.#full) return { stored: false, reason: 'full' };
    const { eventMetadata, inferenceCapture } = JSON.parse(line.toString());
    expect(this.stored).not.toContain(eventMetadata.eventId);
    this.stored.add(eventMetadata.eventId);
    this.told += sum(inferenceCapture.droppedBefore ?? {});
    return { stored: true };
  }
}

const outcome = fc.constantFrom<Outcome[]>(
  'answered',
  'posted twice, answered',
  'answer lost',
  'lost',
  'late',
  'not sent',
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      send: outcome,
      again: fc.option(fc.nat(), { nil: undefined }),
      full: fc.boolean(),
      together: fc.boolean(),
      leftOut: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ arrivesLate: fc.nat(), full: fc.boolean() }) },
);

test('whatever is lost on either side or left out, the stored lines report exactly how many records are missing', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const pair = new Pair();
      for (const each of steps) pair.do(each);
      pair.settle();
      // The first record reports what the function still knows, the second what the late records changed.
      const well: Step = { send: 'answered', again: undefined, full: false, together: false, leftOut: false };
      pair.do(well);
      pair.allArrive();
      pair.do(well);
      pair.settle();

      const lost = pair.sent.difference(pair.stored).difference(pair.leftOut).size;
      const { received, dropped, leftOut, notCaptured } = pair.counters;
      expect(pair.told).toBe(lost);
      expect(sum(dropped) - dropped.DUPLICATE + sum(notCaptured)).toBe(lost);
      expect(leftOut.NOT_SAMPLED).toBe(pair.leftOut.size);
      expect(received).toBe(pair.stored.size + sum(dropped) + sum(leftOut));
      expect(NOT_CAPTURED_REASONS).toEqual(expect.arrayContaining(Object.keys(notCaptured)));
    }),
    { numRuns: 500 },
  );
});
