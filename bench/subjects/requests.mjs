import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Requests for each task, and what the answer to one input says. A classifier gets the question and the context as a pair of texts. */
const REQUESTS = {
  'question-answering': {
    request: (question, context) => ({ question, context }),
    says: (answer) => answer.answer,
  },
  'text-classification': {
    request: (question, context) => ({ text: question, text_pair: context, truncation: true }),
    says: ([best]) => best.label,
  },
};

/**
 * The requests for the task of the model that is built in.
 *
 * @param {string} bundle the function's, with its model beside it
 */
export function requestsFor(bundle) {
  const { settings } = JSON.parse(readFileSync(path.join(path.dirname(bundle), 'model/model.json'), 'utf8'));
  const requests = REQUESTS[settings.task];
  if (requests === undefined)
    throw new Error(`Expected a model for ${Object.keys(REQUESTS).join(' or ')}, got "${settings.task}"`);
  return requests;
}
