import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exactMatch, f1, f1OrBothEmpty, figuresV1, figuresV2, normalizedWords } from './metric.ts';

type Pair = { predicted: string; expected: string; exact: number; f1: number; exactV2: number; f1V2: number };
type Judgement = {
  script: string;
  questions: { answers: string[]; predicted: string }[];
  figures: Record<string, number>;
};
const lines = readFileSync('test/oracles/squad/golden.jsonl', 'utf8').trimEnd().split('\n');
const golden = lines.map((line) => JSON.parse(line) as Pair | Judgement);
const pairs = golden.filter((line) => 'predicted' in line);
const sets = golden.filter((line) => 'script' in line);

describe('scores are those of the SQuAD scripts', () => {
  test(`${pairs.length} pairs of a prediction and an answer`, () => {
    expect(pairs.length).toBeGreaterThan(1000);
    for (const { predicted, expected, ...figures } of pairs) {
      const exact = exactMatch(predicted, expected);
      const ours = { exact, f1: f1(predicted, expected), exactV2: exact, f1V2: f1OrBothEmpty(predicted, expected) };
      expect(ours, JSON.stringify([predicted, expected])).toEqual(figures);
    }
  });

  test.each(sets)('a set of $questions.length questions, by $script', ({ script, questions, figures }) => {
    const ours = script === 'v1.1' ? figuresV1(questions) : figuresV2(questions);
    expect(Object.keys(ours)).toEqual(Object.keys(figures));
    for (const [name, value] of Object.entries(ours)) expect(value, name).toBeCloseTo(figures[name]!, 8);
  });
});

test.each([
  ['The  Berlin wall, a.k.a. the Wall', ['berlin', 'wall', 'aka', 'wall']],
  ['“the” wall’s end', ['“', '”', 'wall’s', 'end']],
  ['theory of an a-team', ['theory', 'of', 'ateam']],
  ['éa a日 日 a', ['éa', 'a日', '日']],
  ['one\u0085two\u3000three\ufefffour', ['one', 'two', 'three\ufefffour']],
  ['The. An! A?', []],
])('the words of %j', (text, words) => {
  expect(normalizedWords(text)).toEqual(words);
});

test('a repeated word counts at most as often as the annotator wrote it', () => {
  expect(f1('no no no', 'no no')).toBeCloseTo(0.8);
});

test('the best of the annotators counts, separately for each figure', () => {
  const judged = { answers: ['the north', 'north of the river Spree'], predicted: 'north of the river' };
  expect(figuresV1([judged])).toEqual({ exact_match: 0, f1: (100 * 2 * (3 / 3) * (3 / 4)) / (1 + 3 / 4) });
});

test('a question that failed scores 0, even where there is no answer', () => {
  expect(figuresV1([{ answers: ['a'] }])).toEqual({ exact_match: 0, f1: 0 });
  expect(figuresV2([{ answers: [] }])).toMatchObject({ exact: 0, f1: 0, NoAns_total: 1 });
});

const texts = fc.string({ unit: 'binary', maxLength: 40 });
test('F1 is symmetric, is 1 for an exact match, and lies between 0 and 1', () => {
  fc.assert(
    fc.property(texts, texts, (one, other) => {
      const score = f1OrBothEmpty(one, other);
      expect(score).toBeCloseTo(f1OrBothEmpty(other, one), 12);
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(1);
      if (exactMatch(one, other) === 1) expect(score).toBe(1);
      expect(f1OrBothEmpty(one, one)).toBe(1);
    }),
  );
});
