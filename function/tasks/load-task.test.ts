import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { loadTask } from './load-task.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'task-'));
  await cp('test/oracles/huggingface/models/bert-uncased', folder, { recursive: true });
  return () => rm(folder, { recursive: true });
});

test('loading tells how long each step took', async () => {
  const times: object[] = [];
  await loadTask('model', 1, { onLoaded: (each) => times.push(each) });
  expect(times).toEqual([
    {
      tokenizerMs: expect.any(Number),
      runtimeMs: expect.any(Number),
      sessionMs: expect.any(Number),
      warmUpMs: expect.any(Number),
    },
  ]);
});

test('a model with its task answers a request', async () => {
  const { task, run, modelDigest } = await loadTask('model', 1);
  const { body } = await run(task.parse({ question: 'Where do I live?', context: 'I live in Berlin.' }));
  expect(body).toMatchObject({ answer: 'Berlin', start: 10, end: 16 });
  expect([task.name, modelDigest]).toEqual(['question-answering', expect.stringMatching(/^[0-9a-f]{64}$/)]);
});

test('the task is told even where the weights cannot be loaded', async () => {
  await writeFile(path.join(folder, 'onnx/model_quantized.onnx'), 'no graph');
  const names: string[] = [];
  await expect(loadTask(folder, 1, { onTask: ({ name }) => names.push(name) })).rejects.toThrow();
  expect(names).toEqual(['question-answering']);
});
