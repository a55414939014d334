import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { openModelFolder } from './model-folder.ts';
import { GRAPH_FILE, INDEX_FILE, type PreparedSettings, SETTINGS_FILE, VOCABULARY_FILE } from './prepared-model.ts';
import { sessionOptions } from './session.ts';
import { ModelFolderError } from './supported-models.ts';
import { indexVocabulary } from './vocabulary.ts';
import { withoutMask } from './without-mask.ts';

/**
 * Prepares a model: see prepared-model.ts. Part of the build, not of the function.
 *
 * @param folder of the model, in the Hugging Face layout
 * @param out the folder to write, made if need be
 * @throws ModelFolderError
 */
export async function prepareModel(folder: string, out: string): Promise<void> {
  const { settings, weights } = await openModelFolder(folder);
  const { bytes, digest } = await weights;
  const { lines, ends, slots } = indexVocabulary(linesOf(settings.tokenizer.model.vocab as Map<string, number>));
  const prepared: PreparedSettings = { modelDigest: await digest(), settings, tokens: ends.length };
  await mkdir(out, { recursive: true });
  const options = sessionOptions(1);
  const session = await InferenceSession.create(withoutMask(bytes), {
    ...options,
    graphOptimizationLevel: 'extended', // "all" adds only what suits this processor and perhaps no other
    optimizedModelFilePath: path.join(out, GRAPH_FILE),
    extra: { session: { ...(options.extra?.['session'] as object), save_model_format: 'ORT' } },
  });
  await session.release();
  await writeFile(path.join(out, VOCABULARY_FILE), lines);
  await writeFile(path.join(out, INDEX_FILE), Buffer.concat([ends, slots].map(({ buffer }) => Buffer.from(buffer))));
  await writeFile(path.join(out, SETTINGS_FILE), JSON.stringify(prepared));
}

function linesOf(ids: ReadonlyMap<string, number>): string {
  const tokens = [...ids].sort(([, a], [, b]) => a - b);
  const odd = tokens.find(([token, id], line) => id !== line || token.includes('\n'));
  if (odd) throw new ModelFolderError(`Expected a vocabulary that can be written as lines, got ${JSON.stringify(odd)}`);
  return tokens.map(([token]) => token).join('\n');
}
