import { expect, test } from 'vitest';
import { questionAnswering } from './question-answering/task.ts';
import { serveModel } from './served-model.ts';
import type { LoadedTask } from './task.ts';

const QUESTION = { question: 'Who?', context: 'Anna.' };
const LOADED: LoadedTask = { task: questionAnswering, modelDigest: 'abc', run: async () => ({ body: {} }) };

test('a model is loaded once, and again after a failure', async () => {
  let loads = 0;
  const model = serveModel(async () => {
    loads++;
    if (loads === 1) throw new Error('no file');
    return LOADED;
  });
  await expect(model.load()).rejects.toThrow('no file');
  expect([await model.load(), await model.load(), loads]).toEqual([LOADED, LOADED, 2]);
});

test('requests are read by the task, as soon as it is known', async () => {
  const model = serveModel(async (onTask) => {
    onTask(questionAnswering);
    throw new Error('no weights');
  });
  await model.load().catch(() => {});
  expect(model.reader()).toBe(questionAnswering);
});

test('as long as no task is known, a request is refused that is wrong for every task', () => {
  const reader = serveModel(() => Promise.reject(new Error('no file'))).reader();
  expect(reader.parse(QUESTION)).toBeDefined();
  expect(() => reader.parse({ hello: 1 })).toThrow(expect.objectContaining({ code: 'MISSING_FIELD' }));
});
