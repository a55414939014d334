import { openModelFolder } from '../../function/model/model-folder.ts';
import type { TaskName } from '../../function/model/supported-models.ts';
import { loadTask } from '../../function/tasks/load-task.ts';
import { TASKS } from '../../function/tasks/tasks.ts';

/** Checks a model's folder with the function's own code, because only that knows which models are supported. */
export interface ModelCheck {
  /** Reads config and tokenizer. The ONNX file need not be there yet. @throws Error when the function does not support them */
  settings(folder: string): Promise<void>;
  /** Loads the model and asks it an example. @returns the answer in words @throws Error when the function cannot load it */
  model(folder: string): Promise<string>;
}

/** A request for each task, and the name of what its answer says. An answer, or the first of a list, has a score besides. */
const EXAMPLES: Record<TaskName, { request: object; says: string }> = {
  'question-answering': {
    request: { question: 'Where do I live?', context: 'My name is Wolfgang and I live in Berlin.' },
    says: 'answer',
  },
  'text-classification': { request: { text: 'I like living in Berlin.' }, says: 'label' },
};

export const checkByFunction: ModelCheck = {
  async settings(folder) {
    const { settings } = await openModelFolder(folder);
    TASKS[settings.task].checkConfig?.(settings.config);
  },

  async model(folder) {
    const { task, run } = await loadTask(folder, 1);
    const { request, says } = EXAMPLES[task.name];
    const { body } = await run(task.parse(request));
    const answer = [body].flat()[0] as Record<string, unknown>;
    return `"${answer[says]}" (score ${Number(answer['score']).toFixed(3)})`;
  },
};
