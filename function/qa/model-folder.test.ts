import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { ModelFolderError, openModelFolder } from './model-folder.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'model-'));
  return () => rm(folder, { recursive: true });
});

async function withFile(name: string, content: string): Promise<unknown> {
  await cp('model', folder, { recursive: true });
  await writeFile(path.join(folder, name), content);
  return openModelFolder(folder).catch((error: unknown) => error);
}

test('the embedded model is read', async () => {
  expect(await openModelFolder('model')).toMatchObject({ settings: { maxPositions: 512 } });
});

test('a folder that is missing is named, with what to do', async () => {
  await expect(openModelFolder('/nowhere')).rejects.toThrow(
    /Expected a readable file .+ in the model folder \/nowhere, got ENOENT\. Let MODEL_DIR name/,
  );
});

test.each([
  ['config.json', '{', /Expected JSON in .+config\.json/],
  [
    'config.json',
    '{"model_type":"t5","max_position_embeddings":512}',
    /"model_type".+Supported are .+bert, distilbert, electra/,
  ],
  ['tokenizer.json', '{}', /"normalizer" in .+tokenizer\.json/],
])('a folder whose %s is %s is refused', async (name, content, message) => {
  const error = await withFile(name, content);
  expect(error).toBeInstanceOf(ModelFolderError);
  expect((error as Error).message).toMatch(message);
});
