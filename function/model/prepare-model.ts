import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { indexVocabulary } from '../tokenizer/vocabulary.ts';
import { type ModelSettings, openModelFolder } from './model-folder.ts';
import {
  INDEX_FILE,
  PREPARED_FORMAT,
  type PreparedSettings,
  SETTINGS_FILE,
  VOCABULARY_FILE,
} from './prepared-model.ts';
import { sessionOptions } from './session.ts';
import { ModelFolderError } from './supported-models.ts';
import { weightsInForm } from './weights-in-form.ts';
import { withoutMask } from './without-mask.ts';

/**
 * Prepares a model: see prepared-model.ts. It is a part of the build, not of the function.
 *
 * @param folder the model's, in the Hugging Face layout
 * @param out the folder to write. It is made if it does not exist
 * @returns what the model's files say of it
 * @throws ModelFolderError
 */
export async function prepareModel(folder: string, out: string): Promise<ModelSettings> {
  const { settings, weights } = await openModelFolder(folder);
  const { bytes, digest } = await weights;
  const { lines, ends, slots } = indexVocabulary(linesOf(settings.tokenizer.model.vocab as Map<string, number>));
  await mkdir(out, { recursive: true });
  const graphs = await writeGraphs(withoutMask(bytes), out);
  await writeFile(path.join(out, VOCABULARY_FILE), lines);
  await writeFile(path.join(out, INDEX_FILE), Buffer.concat([ends, slots].map(({ buffer }) => Buffer.from(buffer))));
  const prepared: PreparedSettings = {
    format: PREPARED_FORMAT,
    modelDigest: await digest(),
    graphs,
    settings,
    tokens: ends.length,
  };
  await writeFile(path.join(out, SETTINGS_FILE), JSON.stringify(prepared));
  return settings;
}

/** A model without 8-bit weights has only one form, and one file. */
async function writeGraphs(model: Uint8Array, out: string): Promise<PreparedSettings['graphs']> {
  const [signed, unsigned] = [weightsInForm(model, 'signed'), weightsInForm(model, 'unsigned')];
  if (Buffer.compare(signed, unsigned) === 0) {
    await writeGraph(model, path.join(out, 'graph.ort'));
    return { signed: 'graph.ort', unsigned: 'graph.ort' };
  }
  await writeGraph(signed, path.join(out, 'graph.signed.ort'));
  await writeGraph(unsigned, path.join(out, 'graph.unsigned.ort'));
  return { signed: 'graph.signed.ort', unsigned: 'graph.unsigned.ort' };
}

async function writeGraph(model: Uint8Array, file: string): Promise<void> {
  const session = await InferenceSession.create(model, {
    ...sessionOptions(1),
    graphOptimizationLevel: 'extended', // "all" adds what may suit only the processor of this machine
    optimizedModelFilePath: file,
    extra: { session: { save_model_format: 'ORT' } },
  });
  await session.release();
}

function linesOf(ids: ReadonlyMap<string, number>): string {
  const tokens = [...ids].sort(([, a], [, b]) => a - b);
  const odd = tokens.find(([token, id], line) => id !== line || token.includes('\n'));
  if (odd) throw new ModelFolderError(`Expected a vocabulary that can be written as lines, got ${JSON.stringify(odd)}`);
  return tokens.map(([token]) => token).join('\n');
}
