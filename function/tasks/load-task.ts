import { type LoadOptions, loadModel, type ModelLoadTimes } from '../model/load-model.ts';
import type { LoadedTask, Task } from './task.ts';
import { TASKS } from './tasks.ts';

/** How long each step of loading a task took, in milliseconds. */
export interface LoadTimes extends ModelLoadTimes {
  /** A first answer: it takes the memory and compiles the code that the first request would wait for. */
  warmUpMs: number;
}

export interface LoadTaskOptions extends Pick<LoadOptions, 'form' | 'now'> {
  /** Is told the task, before the weights are loaded. */
  onTask?: (task: Task) => void;
  /** Is told how long loading took. */
  onLoaded?: (times: LoadTimes) => void;
}

/**
 * Loads a model and makes it ready for the task that it is for.
 *
 * @param folder the model's, prepared or in the Hugging Face layout
 * @param threads of the model; as many as there are vCPUs
 * @throws ModelFolderError when the folder does not hold a model that is supported
 */
export async function loadTask(
  folder: string,
  threads: number,
  { form, now = () => performance.now(), onTask = () => {}, onLoaded = () => {} }: LoadTaskOptions = {},
): Promise<LoadedTask> {
  let times: ModelLoadTimes | undefined;
  const model = await loadModel(folder, threads, {
    ...(form && { form }),
    now,
    onSettings: ({ task }) => onTask(TASKS[task]),
    onLoaded: (told) => {
      times = told;
    },
  });
  const startedMs = now();
  const loaded = await TASKS[model.task].load(model);
  onLoaded({ ...times!, warmUpMs: now() - startedMs });
  return loaded;
}
