import { describe, expect, test } from 'vitest';
import { CLASSIFIERS, expectLabels, goldenCases } from '../../fixtures/golden-classifiers.ts';
import { loadModel } from '../../model/load-model.ts';
import { createClassifier, TextTooLongError } from './classifier.ts';

describe.each(CLASSIFIERS)('$name', async ({ folder }) => {
  const classifier = createClassifier(await loadModel(folder, 1));

  test.each(goldenCases(folder).map((each, i) => ({ name: `${i} ${JSON.stringify(each).slice(0, 100)}`, ...each })))(
    'as in Python: $name',
    async ({ text, text_pair: textPair, parameters, labels }) => {
      const { top_k: topK, function_to_apply: scoreFunction, truncation } = parameters;
      const answering = classifier.classify({ text, textPair }, { topK, scoreFunction, truncation });
      if (labels) expectLabels(await answering, labels);
      else await expect(answering).rejects.toThrow(TextTooLongError);
    },
  );
});
