import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkByFunction } from './check.ts';

const TINY = 'test/oracles/huggingface';

test.each([
  ['model', /^"Berlin" \(score 0\.\d{3}\)$/],
  [`${TINY}/models/roberta`, /^".+" \(score 0\.\d{3}\)$/],
  [`${TINY}/classifiers/bert-single-label`, /^"\d stars?" \(score 0\.\d{3}\)$/],
  [`${TINY}/classifiers/electra-one-label`, /^"toxic" \(score 0\.\d{3}\)$/],
])('a model of either task is asked its example: %s', async (folder, answer) => {
  await checkByFunction.settings(folder);
  expect(await checkByFunction.model(folder)).toMatch(answer);
});

test('labels that cannot be read are refused with no ONNX file there', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'check-'));
  for (const file of ['tokenizer.json', 'tokenizer_config.json']) {
    await cp(`${TINY}/classifiers/bert-single-label/${file}`, path.join(folder, file));
  }
  const config = { architectures: ['BertForSequenceClassification'], model_type: 'bert', max_position_embeddings: 512 };
  await writeFile(path.join(folder, 'config.json'), JSON.stringify(config));
  await checkByFunction.settings(folder);
  await writeFile(path.join(folder, 'config.json'), JSON.stringify({ ...config, id2label: { 1: 'a' } }));
  await expect(checkByFunction.settings(folder)).rejects.toThrow('"id2label" in config.json');
  await rm(folder, { recursive: true });
});

test('a model whose graph is of the other task is refused', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'check-'));
  await cp(`${TINY}/classifiers/bert-single-label`, folder, { recursive: true });
  await writeFile(
    path.join(folder, 'config.json'),
    JSON.stringify({ model_type: 'bert', max_position_embeddings: 512 }),
  );
  await expect(checkByFunction.model(folder)).rejects.toThrow(
    'Expected a model with the outputs start_logits, end_logits, got one with logits.',
  );
  await rm(folder, { recursive: true });
});
