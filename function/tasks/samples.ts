import type { TaskName } from '../model/supported-models.ts';

/** A request to try with a model of each task, and the field of its answer that says most. The build and `make model` use it; the function does not. */
export const SAMPLES: Readonly<Record<TaskName, { request: object; says: string }>> = {
  'question-answering': {
    request: { question: 'Where do I live?', context: 'My name is Wolfgang and I live in Berlin.' },
    says: 'answer',
  },
  'text-classification': { request: { text: 'I like living in Berlin.' }, says: 'label' },
};
