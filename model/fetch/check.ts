import { openModelFolder } from '../../function/model/model-folder.ts';
import { loadTask } from '../../function/tasks/load-task.ts';
import { SAMPLES } from '../../function/tasks/samples.ts';
import { TASKS } from '../../function/tasks/tasks.ts';

/** Checks a model's folder with the function's own code, because only that knows which models are supported. */
export interface ModelCheck {
  /** Reads config and tokenizer. The ONNX file need not be there yet. @throws Error when the function does not support them */
  settings(folder: string): Promise<void>;
  /** Loads the model and asks it an example. @returns the answer in words @throws Error when the function cannot load it */
  model(folder: string): Promise<string>;
}

export const checkByFunction: ModelCheck = {
  async settings(folder) {
    const { settings } = await openModelFolder(folder);
    TASKS[settings.task].checkConfig?.(settings.config);
  },

  async model(folder) {
    const { task, run } = await loadTask(folder, 1);
    const { request, says } = SAMPLES[task.name];
    const { body } = await run(task.parse(request));
    const answer = [body].flat()[0] as Record<string, unknown>;
    return `"${answer[says]}" (score ${Number(answer['score']).toFixed(3)})`;
  },
};
