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
  await checkByFunction.texts(folder);
  expect(await checkByFunction.whole(folder)).toMatch(answer);
});

test('a model whose graph is of the other task is refused', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'check-'));
  await cp(`${TINY}/classifiers/bert-single-label`, folder, { recursive: true });
  await writeFile(
    path.join(folder, 'config.json'),
    JSON.stringify({ model_type: 'bert', max_position_embeddings: 512 }),
  );
  await expect(checkByFunction.whole(folder)).rejects.toThrow(
    'Expected a model with the outputs start_logits, end_logits, got one with logits.',
  );
  await rm(folder, { recursive: true });
});
