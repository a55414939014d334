import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CLASSIFIERS, expectLabels, type GoldenCase, goldenCases } from '../../fixtures/golden-classifiers.ts';
import { loadModel } from '../../model/load-model.ts';
import { prepareModel } from '../../model/prepare-model.ts';
import { createClassifier, type TextClassifier, TextTooLongError } from './classifier.ts';

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'classifiers-'));
  return () => rm(scratch, { recursive: true });
});

function classify({ classify }: TextClassifier, { text, text_pair: textPair, parameters }: GoldenCase) {
  const { top_k: topK, function_to_apply: scoreFunction, truncation } = parameters;
  return classify({ text, textPair }, { topK, scoreFunction, truncation });
}

describe.each(CLASSIFIERS)('$name', async ({ name, folder }) => {
  const classifier = createClassifier(await loadModel(folder, 1));
  const cases = goldenCases(folder).map((each, i) => ({ what: `${i} ${JSON.stringify(each).slice(0, 100)}`, ...each }));

  test.each(cases)('as in Python: $what', async (each) => {
    const answering = classify(classifier, each);
    if (each.labels) expectLabels(await answering, each.labels);
    else await expect(answering).rejects.toThrow(TextTooLongError);
  });

  test('prepared, it answers the same', async () => {
    const out = path.join(scratch, name);
    await prepareModel(folder, out);
    const prepared = createClassifier(await loadModel(out, 1));
    expect(prepared.modelDigest).toBe(classifier.modelDigest);
    for (const each of cases.filter(({ labels }) => labels)) expectLabels(await classify(prepared, each), each.labels!);
  });
});
