import { requireOutputs } from '../../model/session.ts';
import { parseRequest } from '../../request-schema.ts';
import { answerInputs } from '../answer-inputs.ts';
import type { LoadedTask, Task } from '../task.ts';
import { createClassifier, type TextClassifier } from './classifier.ts';
import { labelSettings } from './labels.ts';
import { ClassificationRequest } from './request.ts';

/** Text classification: which of the model's labels a text has. */
export const textClassification: Task<ClassificationRequest> = {
  name: 'text-classification',
  schema: ClassificationRequest,
  example: '{"inputs": "..."}',
  parse: (json) => parseRequest(ClassificationRequest, json),
  checkConfig(config) {
    labelSettings(config);
  },
  async load(model) {
    requireOutputs(model.session, 'logits');
    const classifier = createClassifier(model);
    await classifier.classify({ text: 'Is it ready?' });
    return withClassifier(classifier);
  },
};

/** Text classification by a classifier. The answer to a text is the list of its labels, best first. */
export function withClassifier(classifier: TextClassifier): LoadedTask<ClassificationRequest> {
  return {
    task: textClassification,
    modelDigest: classifier.modelDigest,
    run: (request, limits) => answerInputs(request, classifier.classify, limits),
  };
}
