import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, expect, test } from 'vitest';
import { loadPipeline } from './load-pipeline.ts';
import { prepareModel } from './prepare-model.ts';
import { ModelFolderError } from './supported-models.ts';

let prepared: string;
beforeAll(async () => {
  prepared = await mkdtemp(path.join(tmpdir(), 'prepared-'));
  await prepareModel('model', prepared);
  return () => rm(prepared, { recursive: true });
});

const QUESTIONS = [
  ['Where do I live?', 'My name is Wolfgang and I live in Berlin.'],
  ['When was Anna born?', `${'The river carries barges past the old mill. '.repeat(60)}Anna was born in 1984.`],
  ['Où était la fête ?', 'Unbelievably, naïve 🎉 antidisestablishmentarianism in Zürich [SEP] 東京.'],
] as const;

test('a prepared model answers as the model that it was made of, and has its digest', async () => {
  const original = await loadPipeline('model', 1);
  const qa = await loadPipeline(prepared, 1);
  for (const [question, context] of QUESTIONS) {
    const [expected, found] = await Promise.all(
      [original, qa].map((each) => each.answer(question, context, { topK: 5, handleImpossibleAnswer: true })),
    );
    expect(found).toEqual(expected);
  }
  const onnx = await readFile('model/onnx/model_quantized.onnx');
  expect(qa.modelDigest).toBe(createHash('sha256').update(onnx).digest('hex'));
});

test('so does one with byte-level BPE', async () => {
  const roberta = 'test/oracles/huggingface/models/roberta';
  await prepareModel(roberta, path.join(prepared, 'roberta'));
  const [original, qa] = await Promise.all(
    [roberta, path.join(prepared, 'roberta')].map((each) => loadPipeline(each, 1)),
  );
  const [question, context] = QUESTIONS[2];
  expect(await qa!.answer(question, context, { topK: 5 })).toEqual(
    await original!.answer(question, context, { topK: 5 }),
  );
});

test('the memory that the weights are read from stays while there is a pipeline', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const qa = await loadPipeline(prepared, 1);
  const [question, context] = QUESTIONS[0];
  const before = await qa.answer(question, context);
  for (let i = 0; i < 3; i++) {
    collectGarbage();
    Buffer.alloc(64 * 1024 * 1024, i); // would lie where the weights were
  }
  expect(await qa.answer(question, context)).toEqual(before);
});

test('loading tells what took how long', async () => {
  const times: object[] = [];
  await loadPipeline(prepared, 1, (each) => times.push(each));
  expect(times).toEqual([
    {
      tokenizerMs: expect.any(Number),
      runtimeMs: expect.any(Number),
      sessionMs: expect.any(Number),
      warmUpMs: expect.any(Number),
    },
  ]);
});

test('a vocabulary with a gap cannot be prepared, and is named', async () => {
  const folder = path.join(prepared, 'gap');
  await cp('model', folder, { recursive: true });
  const tokenizer = JSON.parse(await readFile('model/tokenizer.json', 'utf8'));
  tokenizer.model.vocab['the'] = 1_000_000;
  await writeFile(path.join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  const preparing = prepareModel(folder, path.join(prepared, 'out'));
  await expect(preparing).rejects.toThrow(ModelFolderError);
  await expect(preparing).rejects.toThrow('Expected a vocabulary that can be written as lines');
});
