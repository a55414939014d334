import { describe, expect, test } from 'vitest';
import { DeadlineExceededError } from '../../model/deadline.ts';
import type { ModelInput } from '../../tokenizer/sequence.ts';
import { createClassifier, TextTooLongError } from './classifier.ts';

const [CLS, SEP] = [100, 101];
const cls = { id: CLS, type: 0 };
const sep = { id: SEP, type: 0 };

/** A classifier whose tokens are words, each with the word as its id, and whose runs take so long on a clock of its own. */
function setUp({ config = {}, logits = [1, 2], msPerRun = 0, modelMaxLength = 8, maxPositions = 10 } = {}) {
  const encode = (text: string, checkTime = () => {}) => {
    const ids = text.split(' ').map(Number);
    for (const _ of ids) checkTime();
    return { text, ids, words: ids, starts: ids, ends: ids };
  };
  let clock = 0;
  const inputs: ModelInput[] = [];
  const run = async (input: ModelInput) => {
    clock += msPerRun;
    inputs.push(input);
    return { logits: Float32Array.from(logits) };
  };
  const classifier = createClassifier({
    config,
    tokenizer: { encode },
    sequences: {
      single: { before: [cls], type: 0, after: [sep] },
      pair: { before: [cls], firstType: 0, between: [sep], secondType: 1, after: [{ id: SEP, type: 1 }] },
    },
    session: { outputNames: ['logits'], run },
    modelMaxLength,
    maxPositions,
    modelDigest: 'abc',
    now: () => clock,
  });
  /** What is left of a time that begins now. */
  const within = (ms: number) => {
    const end = clock + ms;
    return () => end - clock;
  };
  const sequences = () =>
    inputs.map(({ inputIds, tokenTypeIds }) => ({ ids: Array.from(inputIds, Number), types: tokenTypeIds.join('') }));
  return { classifier, within, sequences };
}

const words = (count: number) => Array.from({ length: count }, (_, i) => i).join(' ');

test('a text is one sequence, and two texts are one', async () => {
  const { classifier, sequences } = setUp();
  await classifier.classify({ text: '1 2' });
  await classifier.classify({ text: '1 2', textPair: '3' });
  await classifier.classify({ text: '1 2', textPair: '' });
  expect(sequences()).toEqual([
    { ids: [CLS, 1, 2, SEP], types: '0000' },
    { ids: [CLS, 1, 2, SEP, 3, SEP], types: '000011' },
    { ids: [CLS, 1, 2, SEP], types: '0000' },
  ]);
});

describe('a text beyond what the model takes', () => {
  test.each([
    [{ text: words(8) }, { text: words(9) }, 11],
    [{ text: words(4), textPair: words(3) }, { text: words(4), textPair: words(4) }, 11],
  ])('is refused, with how many tokens it has', async (longest, tooLong, tokens) => {
    const { classifier, sequences } = setUp();
    await classifier.classify(longest);
    const refused = classifier.classify(tooLong);
    await expect(refused).rejects.toThrow(TextTooLongError);
    await expect(refused).rejects.toThrow(`Expected at most 10 tokens, special tokens included, got ${tokens}.`);
    expect(sequences().map(({ ids }) => ids.length)).toEqual([10]);
  });

  test.each([
    ['the tokenizer', { modelMaxLength: 8, maxPositions: 10 }],
    ['the model, where the tokenizer would let more through', { modelMaxLength: 1e30, maxPositions: 8 }],
  ])('is cut, if that is wanted, to what %s allows', async (_, limits) => {
    const { classifier, sequences } = setUp(limits);
    await classifier.classify({ text: words(20) }, { truncation: true });
    await classifier.classify({ text: words(20), textPair: words(2) }, { truncation: true });
    await classifier.classify({ text: words(3) }, { truncation: true });
    expect(sequences().map(({ ids }) => ids)).toEqual([
      [CLS, 0, 1, 2, 3, 4, 5, SEP],
      [CLS, 0, 1, 2, SEP, 0, 1, SEP],
      [CLS, 0, 1, 2, SEP],
    ]);
  });
});

test('a request overrules how many labels there are, and how logits become scores', async () => {
  const { classifier } = setUp({ logits: [3, 4] });
  expect(await classifier.classify({ text: '1' })).toEqual([{ label: 'LABEL_1', score: expect.closeTo(0.731, 3) }]);
  expect(await classifier.classify({ text: '1' }, { topK: null, scoreFunction: 'none' })).toEqual([
    { label: 'LABEL_1', score: 4 },
    { label: 'LABEL_0', score: 3 },
  ]);
});

test('logits and labels must be as many', async () => {
  const { classifier } = setUp({ logits: [1, 2, 3] });
  await expect(classifier.classify({ text: '1' })).rejects.toThrow('Expected a model with 2 logits');
});

test('labels that cannot be read are told before anything runs', () => {
  expect(() => setUp({ config: { id2label: { 7: 'a' } } })).toThrow('"id2label" in config.json');
});

describe('time', () => {
  test('that is up ends the reading of a text', async () => {
    const { classifier, within, sequences } = setUp();
    const late = classifier.classify({ text: words(1000) }, {}, within(0));
    await expect(late).rejects.toThrow('Expected time to read the text');
    expect(sequences()).toEqual([]);
  });

  test('that the model is known to need more than is no longer spent', async () => {
    const { classifier, within, sequences } = setUp({ msPerRun: 1500 });
    for (let run = 0; run < 3; run++) await classifier.classify({ text: words(8) }, {}, within(60_000));
    await expect(classifier.classify({ text: words(8) }, {}, within(1000))).rejects.toThrow(DeadlineExceededError);
    expect(sequences()).toHaveLength(3);
  });
});
