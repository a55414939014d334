import { keepTrying } from '../keep-trying.ts';
import type { LoadTaskOptions } from './load-task.ts';
import type { LoadedTask, Task } from './task.ts';
import { anyTask } from './tasks.ts';

/** The model that the function serves. */
export interface ServedModel {
  /** Reads requests: the model's task, or `anyTask` until something of the model could be read. */
  reader(): Pick<Task, 'example' | 'parse'>;
  /** The model with its task, loaded once. Rejects with what keeps it from loading; then the next call tries again. */
  load(): Promise<LoadedTask>;
}

/** @param load loads the model, and tells its task as soon as that is known */
export function serveModel(load: (onTask: NonNullable<LoadTaskOptions['onTask']>) => Promise<LoadedTask>): ServedModel {
  let reader: ReturnType<ServedModel['reader']> = anyTask;
  const learn = (task: Task) => {
    reader = task;
  };
  return { reader: () => reader, load: keepTrying(() => load(learn)) };
}
