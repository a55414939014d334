import fc from 'fast-check';
import { expect, test } from 'vitest';
import { labelScores } from './label-scores.ts';

const LABELS = ['a', 'b', 'c'];

test.each([
  ['softmax', [0, Math.log(3), 0], [0.2, 0.6, 0.2]],
  ['softmax', [1000, 1000, -1000], [0.5, 0.5, 0]],
  ['sigmoid', [0, Math.log(3), -200], [0.5, 0.75, 0]],
  ['none', [0.5, -2, 7], [0.5, -2, 7]],
] as const)('%s makes scores of %j', (scoreFunction, logits, expected) => {
  const found = new Map(
    labelScores(Float32Array.from(logits), LABELS, scoreFunction, null).map(({ label, score }) => [label, score]),
  );
  for (const [i, label] of LABELS.entries()) expect(found.get(label)).toBeCloseTo(expected[i]!, 6);
});

test('labels of equal scores stay in their order', () => {
  const found = labelScores(Float32Array.from([1, 2, 1]), LABELS, 'softmax', null);
  expect(found.map(({ label }) => label)).toEqual(['b', 'a', 'c']);
});

const logits = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -80, max: 80 }), { minLength: 1 });
const scoreFunctions = fc.constantFrom('softmax', 'sigmoid', 'none' as const);

test('the best labels come first, at most top_k of them, and they are the first of all labels', () => {
  fc.assert(
    fc.property(logits, scoreFunctions, fc.integer({ min: 1, max: 50 }), (given, scoreFunction, topK) => {
      const labels = given.map((_, i) => `label ${i}`);
      const all = labelScores(Float32Array.from(given), labels, scoreFunction, null);
      expect(all.map(({ label }) => label).toSorted()).toEqual(labels.toSorted());
      expect(all.map(({ score }) => score)).toEqual(all.map(({ score }) => score).toSorted((a, b) => b - a));
      expect(labelScores(Float32Array.from(given), labels, scoreFunction, topK)).toEqual(all.slice(0, topK));
    }),
  );
});

test('softmax gives probabilities that add up to 1', () => {
  fc.assert(
    fc.property(logits, (given) => {
      const labels = given.map(String);
      const sum = labelScores(Float32Array.from(given), labels, 'softmax', null).reduce((a, { score }) => a + score, 0);
      expect(sum).toBeCloseTo(1, 9);
    }),
  );
});
