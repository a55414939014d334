import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { EXAMPLE_RECORD } from '../../capture/fixtures/example-record.ts';
import type { InferenceRecord } from '../../capture/record.ts';
import { PolicyDocument } from '../document.ts';
import { exchangeOf } from '../exchange.ts';
import { fractionOf } from './fraction.ts';
import { compileSampling, type Verdict } from './sampling.ts';

const standingStill = () => 0;

function samplingOf(sampling: object, now = standingStill) {
  const document = v.parse(PolicyDocument, { version: 1, sampling });
  const verdictOf = compileSampling(document.sampling, now);
  return (changes: Partial<InferenceRecord> = {}): Verdict =>
    verdictOf(exchangeOf({ ...EXAMPLE_RECORD, ...changes }, (payload) => payload));
}

const json = (data: unknown) => ({
  contentType: 'application/json',
  encoding: 'JSON' as const,
  data: JSON.stringify(data),
});

// What sha256sum and bc say: echo -n ID | sha256sum | cut -c1-12, and that over 16^12.
test.each([
  ['', 0xe3b0c44298fc / 2 ** 48],
  ['abc', 0xba7816bf8f01 / 2 ** 48],
  ['12b73486-e916-45de-9d82-7fa23d4a39a6', 0x9bebca4c6549 / 2 ** 48],
])('the id %j lies at %d', (id, fraction) => {
  expect(fractionOf(id)).toBe(fraction);
});

test('ids that are alike lie evenly between 0 and 1', () => {
  const [ids, cells] = [100_000, 100];
  const counts = new Array<number>(cells).fill(0);
  for (let id = 0; id < ids; id++) counts[Math.floor(fractionOf(`request-${id}`) * cells)]!++;
  const expected = ids / cells;
  const chiSquared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  expect(chiSquared).toBeLessThan(148.2); // 99 degrees of freedom, p = 0.001
});

test('the share that is kept is the rate', () => {
  const verdictOf = samplingOf({ rate: 0.1 });
  const kept = Array.from({ length: 20_000 }, (_, at) => verdictOf({ eventId: `event-${at}` })).filter(
    ({ keep }) => keep,
  );
  expect(kept.length / 20_000).toBeCloseTo(0.1, 2);
  expect(kept[0]).toEqual({ keep: true, sampleRate: 0.1 });
});

test('a record that is kept at one rate is kept at every higher one', () => {
  const rates = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));
  fc.assert(
    fc.property(rates, fc.string(), (rates, eventId) => {
      const [low, high] = rates.toSorted((a, b) => a - b).map((rate) => samplingOf({ rate })({ eventId }).keep);
      expect(high).toBe(low || high);
    }),
  );
});

test.each([
  [0, { keep: false, reason: 'NOT_SAMPLED' }],
  [1, { keep: true, sampleRate: 1 }],
])('at a rate of %d every id has the same verdict', (rate, verdict) => {
  fc.assert(
    fc.property(fc.string(), (eventId) => {
      expect(samplingOf({ rate })({ eventId })).toEqual(verdict);
    }),
  );
});

describe('what decides', () => {
  const other = { eventId: 'other', requestId: 'other', inferenceId: 'other' };
  const input = json({ session: { id: 7 } });

  test.each<[by: string, same: Partial<InferenceRecord>]>([
    ['eventId', { eventId: 'same' }],
    ['inferenceId', { inferenceId: 'same' }],
    ['requestId', { requestId: 'same' }],
    ['header:X-Session', { headers: { 'x-session': 'same' } }],
    ['$.session.id', { input }],
    ['/session/id', { input }],
  ])('records with the same %s have the same verdict, whatever else they have', (by, same) => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.uuid(), (rate, id) => {
        const verdictOf = samplingOf({ by, rate });
        expect(verdictOf({ ...other, eventId: id, ...same }).keep).toBe(verdictOf({ ...other, ...same }).keep);
      }),
    );
  });

  test.each(['inferenceId', 'header:x-session', '$.nothing', '/session'])(
    'a record without a value for %s is decided by its eventId',
    (by) => {
      for (let at = 0; at < 50; at++) {
        const record = { eventId: `event-${at}`, input };
        expect(samplingOf({ by, rate: 0.5 })(record).keep).toBe(fractionOf(record.eventId) < 0.5);
      }
    },
  );
});

describe('rules', () => {
  test('the first one that fits sets the rate, and the record names it', () => {
    const rules = [
      { name: 'slow', when: { latencyAboveMs: 1000 }, rate: 0 },
      { name: 'unsure', when: { score: { below: 0.9 } }, rate: 1 },
      { name: 'all', when: {}, rate: 0 },
    ];
    const verdictOf = samplingOf({ rate: 0, rules });
    expect(verdictOf()).toEqual({ keep: true, sampleRate: 1, sampledBy: 'unsure' });
    expect(verdictOf({ latencyMs: 1001 })).toEqual({ keep: false, reason: 'NOT_SAMPLED', sampledBy: 'slow' });
    expect(verdictOf({ output: json({ score: 0.95 }) })).toEqual({
      keep: false,
      reason: 'NOT_SAMPLED',
      sampledBy: 'all',
    });
  });

  test.each<[when: object, changes: Partial<InferenceRecord>, fits: boolean]>([
    [{}, {}, true],
    [{ status: { from: 200, to: 200 } }, { status: 200 }, true],
    [{ status: { from: 201 } }, { status: 200 }, false],
    [{ status: { to: 299 } }, { status: 300 }, false],
    [{ latencyAboveMs: 12 }, { latencyMs: 12.1 }, true],
    [{ latencyAboveMs: 12 }, { latencyMs: 12 }, false],
    [{ errorCode: ['A', 'B'] }, { errorCode: 'B' }, true],
    [{ errorCode: ['A', 'B'] }, {}, false],
    [{ source: ['sqs'] }, { source: 'sqs' }, true],
    [{ source: ['sqs'] }, { source: 'direct' }, false],
    [{ caller: ['key-1'] }, { caller: 'key-1' }, true],
    [{ caller: ['key-1'], status: { from: 400 } }, { caller: 'key-1', status: 200 }, false],
    [{ score: { below: 0.5 } }, { output: json({ score: 0.4 }) }, true],
    [{ score: { below: 0.5 } }, { output: json({ score: 0.5 }) }, false],
    [{ score: { below: 0.5 } }, { output: json({ score: '0.4' }) }, false],
    [{ score: { below: 0.5 } }, { output: json([{ score: 0.4 }]) }, false],
    [{ score: { path: '$[*].score', below: 0.5 } }, { output: json([{ score: 0.9 }, { score: 0.4 }]) }, true],
    [{ score: { path: '/0/score', below: 0.5 } }, { output: json([{ score: 0.4 }]) }, true],
    [{ score: { below: 0.5 } }, { output: { ...json(0), data: '{"score": 0.4' } }, false],
    [{ score: { below: 0.5 } }, { output: { ...json({ score: 0.4 }), encoding: 'CSV' } }, false],
  ])('the condition %j and %j', (when, changes, fits) => {
    const verdictOf = samplingOf({ rate: 0, rules: [{ name: 'rule', when, rate: 1 }], keepErrors: false });
    expect(verdictOf(changes).keep).toBe(fits);
  });
});

describe('errors', () => {
  test.each([{ status: 400 }, { status: 500 }, { errorCode: 'MODEL_FAILED' }])('%j is kept at every rate', (error) => {
    expect(samplingOf({ rate: 0 })(error)).toEqual({ keep: true, sampleRate: 1 });
    expect(samplingOf({ rate: 0, keepErrors: false })(error)).toEqual({ keep: false, reason: 'NOT_SAMPLED' });
  });
});

describe('the limit on records a second', () => {
  function limited(sampling: object) {
    let nowMs = 5;
    const verdictOf = samplingOf(sampling, () => nowMs);
    const keptOf = (count: number, changes = {}) =>
      Array.from({ length: count }, () => verdictOf(changes)).filter(({ keep }) => keep).length;
    return { verdictOf, keptOf, pass: (ms: number) => (nowMs += ms) };
  }

  test('so many are kept at once and in each second after', () => {
    const { verdictOf, keptOf, pass } = limited({ recordsPerSecond: 10 });
    expect(keptOf(50)).toBe(10);
    expect(verdictOf()).toEqual({ keep: false, reason: 'RATE_LIMITED' });
    pass(500);
    expect(keptOf(50)).toBe(5);
  });

  test('an environment that was frozen for an hour gets no more than one second gives', () => {
    const { keptOf, pass } = limited({ recordsPerSecond: 10 });
    pass(3_600_000);
    expect(keptOf(50)).toBe(10);
  });

  test('less than one a second means one in several seconds', () => {
    const { keptOf, pass } = limited({ recordsPerSecond: 0.1 });
    expect(keptOf(5)).toBe(1);
    pass(9_990);
    expect(keptOf(5)).toBe(0);
    pass(20);
    expect(keptOf(5)).toBe(1);
  });

  test('a clock that goes back gives nothing and breaks nothing', () => {
    const { keptOf, pass } = limited({ recordsPerSecond: 10 });
    keptOf(10);
    pass(-60_000);
    expect(keptOf(5)).toBe(0);
    pass(1000);
    expect(keptOf(50)).toBe(10);
  });

  test('errors are over no limit if they are always kept, but they use it up', () => {
    const { keptOf } = limited({ recordsPerSecond: 10 });
    expect(keptOf(50, { status: 500 })).toBe(50);
    expect(keptOf(50)).toBe(0);
  });

  test('what the sample does not have uses nothing up', () => {
    const { keptOf } = limited({
      rate: 0,
      rules: [{ name: 'sqs', when: { source: ['sqs'] }, rate: 1 }],
      recordsPerSecond: 10,
    });
    expect(keptOf(50)).toBe(0);
    expect(keptOf(50, { source: 'sqs' })).toBe(10);
  });

  test('in any second of any traffic no more than two seconds’ records are kept', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.array(fc.nat({ max: 500 }), { maxLength: 200 }), (rate, gaps) => {
        const { verdictOf, pass } = limited({ recordsPerSecond: rate });
        let atMs = 0;
        const keptAtMs = gaps.flatMap((gap) => {
          pass(gap);
          atMs += gap;
          return verdictOf().keep ? [atMs] : [];
        });
        for (const fromMs of keptAtMs)
          expect(keptAtMs.filter((ms) => ms >= fromMs && ms < fromMs + 1000).length).toBeLessThanOrEqual(2 * rate);
      }),
    );
  });
});
