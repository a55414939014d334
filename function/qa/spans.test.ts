import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bestSpans, type Span } from './spans.ts';

const logits = (length: number) =>
  fc.array(fc.float({ min: -15, max: 15, noNaN: true }), { minLength: length, maxLength: length });
const windows = fc
  .record({ question: fc.integer({ min: 1, max: 8 }), context: fc.integer({ min: 1, max: 30 }) })
  .chain(({ question, context }) => {
    const length = question + context + 3;
    return fc.record({
      startLogits: logits(length),
      endLogits: logits(length),
      first: fc.constant(question + 2),
      end: fc.constant(length - 1),
    });
  });

/** Hugging Face's way: -10000 over all that is masked, a softmax over everything, and the whole square. */
function wholeSquare(
  startLogits: number[],
  endLogits: number[],
  first: number,
  end: number,
  maxAnswerLen: number,
): Span[] {
  const softmax = (all: number[]) => {
    const masked = all.map((x, i) => (i === 0 || (i >= first && i < end) ? x : -10_000));
    const weights = masked.map((x) => Math.exp(x - Math.max(...masked)));
    const sum = weights.reduce((a, b) => a + b);
    return weights.map((x) => x / sum);
  };
  const [starts, ends] = [softmax(startLogits), softmax(endLogits)];
  const spans: Span[] = [];
  for (let start = first; start < end; start++) {
    for (let stop = start; stop < end && stop - start < maxAnswerLen; stop++) {
      spans.push({ start, end: stop, score: starts[start]! * ends[stop]! });
    }
  }
  return spans.sort((a, b) => b.score - a.score);
}

test('the scan of the band finds what the whole square has', () => {
  const counts = fc.integer({ min: 1, max: 20 });
  fc.assert(
    fc.property(windows, counts, counts, ({ startLogits, endLogits, first, end }, maxAnswerLen, count) => {
      const found = bestSpans({ startLogits, endLogits, first, end }, maxAnswerLen, count);
      const all = wholeSquare(startLogits, endLogits, first, end, maxAnswerLen);
      expect(found).toHaveLength(Math.min(count, all.length));
      for (const [i, { start, end: stop, score }] of found.entries()) {
        expect(score).toBeCloseTo(all[i]!.score, 10);
        expect(start).toBeGreaterThanOrEqual(first);
        expect(stop).toBeLessThan(end);
        expect(stop - start).toBeLessThan(maxAnswerLen);
      }
    }),
  );
});

test('what the model gives to [CLS] is taken from every answer', () => {
  const endLogits = [0, 0, 0, 0, 0];
  const scoreAt = (cls: number) =>
    bestSpans({ startLogits: [cls, 9, 0, 5, 9], endLogits, first: 3, end: 4 }, 15, 1)[0]!.score;
  expect(scoreAt(-50)).toBeCloseTo(0.5);
  expect(scoreAt(5)).toBeCloseTo(0.25);
});
