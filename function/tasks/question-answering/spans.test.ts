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
      allowed: fc.constant(Array.from({ length: context }, (_, i) => question + 2 + i)),
    });
  });

/** Hugging Face's way: -10000 over all that is masked, a softmax over everything, and the whole square. */
function wholeSquare(startLogits: number[], endLogits: number[], allowed: number[], maxAnswerLen: number): Span[] {
  const softmax = (all: number[]) => {
    const masked = all.map((x, i) => (i === 0 || allowed.includes(i) ? x : -10_000));
    const weights = masked.map((x) => Math.exp(x - Math.max(...masked)));
    const sum = weights.reduce((a, b) => a + b);
    return weights.map((x) => x / sum);
  };
  const [starts, ends] = [softmax(startLogits), softmax(endLogits)];
  const spans: Span[] = [];
  for (const start of allowed) {
    for (const end of allowed) {
      if (end >= start && end - start < maxAnswerLen) spans.push({ start, end, score: starts[start]! * ends[end]! });
    }
  }
  return spans.sort((a, b) => b.score - a.score);
}

test('the scan of the band finds the same spans as a scan of all pairs', () => {
  const counts = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(windows, counts, counts, ({ startLogits, endLogits, allowed }, maxAnswerLen, count) => {
      const { spans } = bestSpans({ startLogits, endLogits, allowed }, maxAnswerLen, count);
      const all = wholeSquare(startLogits, endLogits, allowed, maxAnswerLen);
      expect(spans).toHaveLength(Math.min(count, all.length));
      for (const [i, { start, end, score }] of spans.entries()) {
        expect(score).toBeCloseTo(all[i]!.score, 6);
        expect(allowed).toContain(start);
        expect(allowed).toContain(end);
        expect(end - start).toBeGreaterThanOrEqual(0);
        expect(end - start).toBeLessThan(maxAnswerLen);
      }
    }),
  );
});

test('the probability of [CLS] lowers every score, and is the score of no answer', () => {
  const at = (cls: number) =>
    bestSpans({ startLogits: [cls, 9, 0, 5, 9], endLogits: [0, 0, 0, 0, 0], allowed: [3] }, 15, 1);
  expect(at(-50).spans[0]!.score).toBeCloseTo(0.5);
  expect(at(5).spans[0]!.score).toBeCloseTo(0.25);
  expect(at(5).nullScore).toBeCloseTo(0.25);
});

test('of equal spans the first is the best', () => {
  const flat = new Array(8).fill(1);
  const { spans } = bestSpans({ startLogits: flat, endLogits: flat, allowed: [3, 4, 5] }, 2, 3);
  expect(spans.map(({ start, end }) => [start, end])).toEqual([
    [3, 3],
    [3, 4],
    [4, 4],
  ]);
});

test('a window without a token to choose has no span', () => {
  expect(bestSpans({ startLogits: [1, 2], endLogits: [1, 2], allowed: [] }, 15, 5)).toEqual({
    spans: [],
    nullScore: 1,
  });
});
