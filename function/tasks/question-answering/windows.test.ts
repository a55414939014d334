import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contextWindows } from './windows.ts';

test.each([
  // question tokens, context tokens, limits, windows
  [5, 20, { maxSeqLen: 384, docStride: 128 }, [[0, 20]]],
  [
    5,
    20,
    { maxSeqLen: 20, docStride: 4 },
    [
      [0, 12],
      [8, 20],
    ],
  ],
  [
    5,
    21,
    { maxSeqLen: 20, docStride: 4 },
    [
      [0, 12],
      [8, 20],
      [16, 21],
    ],
  ],
  [5, 12, { maxSeqLen: 20, docStride: 12 }, [[0, 12]]],
  [5, 13, { maxSeqLen: 20, docStride: 12 }, []],
  [17, 1, { maxSeqLen: 20, docStride: 0 }, []],
  [5, 0, { maxSeqLen: 20, docStride: 4 }, [[0, 0]]],
])('%i question tokens and %i of context under %o make the windows %j', (question, context, limits, expected) => {
  expect(
    contextWindows(question, context, { ...limits, specialTokens: 3 }).map(({ first, end }) => [first, end]),
  ).toEqual(expected);
});

test('windows cover the whole context, fit the model and overlap by the stride', () => {
  const sizes = fc.record({
    question: fc.nat(100),
    context: fc.integer({ min: 1, max: 5000 }),
    docStride: fc.nat(128),
  });
  fc.assert(
    fc.property(sizes, ({ question, context, docStride }) => {
      const windows = contextWindows(question, context, { maxSeqLen: 384, docStride, specialTokens: 3 });
      expect(windows[0]!.first).toBe(0);
      expect(windows.at(-1)!.end).toBe(context);
      for (const [i, { first, end }] of windows.entries()) {
        expect(question + 3 + end - first).toBeLessThanOrEqual(384);
        if (i > 0) expect(windows[i - 1]!.end - first).toBe(docStride);
      }
    }),
  );
});
