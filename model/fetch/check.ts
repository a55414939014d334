import { openModelFolder } from '../../function/model/model-folder.ts';
import type { TaskName } from '../../function/model/supported-models.ts';
import { loadTask } from '../../function/tasks/load-task.ts';

/** Checks a model's folder with the function's own code, because only that knows which models are supported. */
export interface ModelCheck {
  /** Reads config and tokenizer. The ONNX file need not be there yet. @throws Error when the function does not support them */
  settings(folder: string): Promise<void>;
  /** Loads the model and asks it an example. @returns the answer in words @throws Error when the function cannot load it */
  model(folder: string): Promise<string>;
}

/** A request for each task, and where in its answer the text is that is shown. */
const EXAMPLES: Record<TaskName, { request: object; text: string }> = {
  'question-answering': {
    request: { question: 'Where do I live?', context: 'My name is Wolfgang and I live in Berlin.' },
    text: 'answer',
  },
};

export const checkByFunction: ModelCheck = {
  async settings(folder) {
    await openModelFolder(folder);
  },

  async model(folder) {
    const { task, run } = await loadTask(folder, 1);
    const { request, text } = EXAMPLES[task.name];
    const { body } = await run(task.parse(request));
    const answer = body as Record<string, unknown>;
    return `"${answer[text]}" (score ${Number(answer['score']).toFixed(3)})`;
  },
};
