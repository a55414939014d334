import type { TaskName } from '../model/supported-models.ts';
import { questionAnswering } from './question-answering/task.ts';
import type { Task } from './task.ts';
import { textClassification } from './text-classification/task.ts';

/** Every task that a model can be for. */
export const TASKS: Readonly<Record<TaskName, Task>> = {
  'question-answering': questionAnswering,
  'text-classification': textClassification,
};

/**
 * Reads requests as long as nobody knows what the model is for, as its folder cannot be read. It takes what any of the tasks takes, and refuses what is wrong for all of
 * them, with the error of the first.
 */
export const anyTask: Pick<Task, 'example' | 'parse'> = {
  example: questionAnswering.example,
  parse(json) {
    const errors: unknown[] = [];
    for (const task of Object.values(TASKS)) {
      try {
        return task.parse(json);
      } catch (error) {
        errors.push(error);
      }
    }
    throw errors[0];
  },
};
