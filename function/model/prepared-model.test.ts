import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { EXACT_FORMS } from '../fixtures/golden.ts';
import { loadPipeline } from '../fixtures/load-pipeline.ts';
import { prepareModel } from './prepare-model.ts';
import { ModelFolderError } from './supported-models.ts';
import { weightsInForm } from './weights-in-form.ts';

let scratch: string;
let prepared: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'prepared-'));
  prepared = path.join(scratch, 'model');
  await prepareModel('model', prepared);
  return () => rm(scratch, { recursive: true });
});

const QUESTIONS = [
  ['Where do I live?', 'My name is Wolfgang and I live in Berlin.'],
  ['When was Anna born?', `${'The river carries barges past the old mill. '.repeat(60)}Anna was born in 1984.`],
  ['Où était la fête ?', 'Unbelievably, naïve 🎉 antidisestablishmentarianism in Zürich [SEP] 東京.'],
] as const;

const FORMS = ['signed', 'unsigned'] as const;

test.each(EXACT_FORMS)(
  'a prepared model answers as the one that it was made of, whichever form is opened: %s',
  async (form) => {
    const original = await loadPipeline('model', 'unsigned');
    const qa = await loadPipeline(prepared, form);
    for (const [question, context] of QUESTIONS) {
      const [expected, found] = await Promise.all(
        [original, qa].map((each) => each.answer(question, context, { topK: 5, handleImpossibleAnswer: true })),
      );
      expect(found).toEqual(expected);
    }
  },
);

test.each(FORMS)('the digest is that of the published file, whichever form is opened: %s', async (form) => {
  const published = createHash('sha256')
    .update(await readFile('model/onnx/model_quantized.onnx'))
    .digest('hex');
  for (const folder of ['model', prepared]) expect((await loadPipeline(folder, form)).modelDigest).toBe(published);
});

test.each(FORMS)('files of the other form are not read: %s', async (form) => {
  const folder = path.join(scratch, `only-${form}`);
  const others = `graph.${form === 'signed' ? 'unsigned' : 'signed'}.ort`;
  await cp(prepared, folder, { recursive: true, filter: (file) => path.basename(file) !== others });
  const [question, context] = QUESTIONS[0];
  expect((await (await loadPipeline(folder, form)).answer(question, context))[0]!.answer).toBe('Berlin');
  const other = loadPipeline(folder, form === 'signed' ? 'unsigned' : 'signed');
  await expect(other).rejects.toThrow(ModelFolderError);
  await expect(other).rejects.toThrow(/Expected a readable file graph\.(un)?signed\.ort .+ got ENOENT/);
});

test('a model of the hub, whose weights are signed, is prepared as the same model with unsigned ones is', async () => {
  const hub = path.join(scratch, 'hub');
  await cp('model', hub, { recursive: true });
  const onnx = path.join(hub, 'onnx/model_quantized.onnx');
  await writeFile(onnx, weightsInForm(await readFile(onnx), 'signed'));
  const out = path.join(scratch, 'hub-prepared');
  await prepareModel(hub, out);
  const [question, context] = QUESTIONS[1];
  const answers = await Promise.all(
    [prepared, out].map(async (folder) => (await loadPipeline(folder)).answer(question, context, { topK: 5 })),
  );
  expect(answers[1]).toEqual(answers[0]);
});

test.each(['roberta', 'bert-uncased'])(
  'a model without 8-bit weights has one graph for both forms: %s',
  async (name) => {
    const folder = `test/oracles/huggingface/models/${name}`;
    const out = path.join(scratch, name);
    await prepareModel(folder, out);
    const [question, context] = QUESTIONS[2];
    const answers = await Promise.all(
      [folder, out].map(async (each) => (await loadPipeline(each)).answer(question, context, { topK: 5 })),
    );
    expect(answers[1]).toEqual(answers[0]);
    expect((await readdir(out)).filter((file) => file.endsWith('.ort'))).toEqual(['graph.ort']);
  },
);

test('a pipeline goes on when the files that it was loaded from are removed, as by the next build', async () => {
  const folder = path.join(scratch, 'removed');
  await cp(prepared, folder, { recursive: true });
  const qa = await loadPipeline(folder);
  await rm(folder, { recursive: true });
  const [question, context] = QUESTIONS[1];
  expect(await qa.answer(question, context)).toEqual(await (await loadPipeline(prepared)).answer(question, context));
});

test('a model that another version has prepared is refused, with what to do', async () => {
  const folder = path.join(scratch, 'older');
  await cp(prepared, folder, { recursive: true });
  const { format: _, ...older } = JSON.parse(await readFile(path.join(prepared, 'model.json'), 'utf8'));
  await writeFile(path.join(folder, 'model.json'), JSON.stringify(older));
  await expect(loadPipeline(folder)).rejects.toThrow(ModelFolderError);
  await expect(loadPipeline(folder)).rejects.toThrow(/prepared in format 2, got format undefined\. Prepare it anew/);
});

test('a vocabulary with a gap cannot be prepared, and is named', async () => {
  const folder = path.join(scratch, 'gap');
  await cp('model', folder, { recursive: true });
  const tokenizer = JSON.parse(await readFile('model/tokenizer.json', 'utf8'));
  tokenizer.model.vocab['the'] = 1_000_000;
  await writeFile(path.join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  const preparing = prepareModel(folder, path.join(scratch, 'out'));
  await expect(preparing).rejects.toThrow(ModelFolderError);
  await expect(preparing).rejects.toThrow('Expected a vocabulary that can be written as lines');
});
