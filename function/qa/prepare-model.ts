import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { differingPieces, partsOf } from './forms-in-parts.ts';
import { openModelFolder } from './model-folder.ts';
import { GRAPH_FILES, INDEX_FILE, type PreparedSettings, SETTINGS_FILE, VOCABULARY_FILE } from './prepared-model.ts';
import type { WeightForm } from './processor.ts';
import { sessionOptions } from './session.ts';
import { ModelFolderError } from './supported-models.ts';
import { indexVocabulary } from './vocabulary.ts';
import { weightsInForm } from './weights-in-form.ts';
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
  await mkdir(out, { recursive: true });
  const model = withoutMask(bytes);
  const signed = await optimized(withWeights(model, 'signed'), out);
  const unsigned = await optimized(withWeights(model, 'unsigned'), out);
  const differing = differingPieces(signed, unsigned);
  const { shared, own } = partsOf(signed, differing);
  await writeFile(path.join(out, GRAPH_FILES.shared), shared);
  await writeFile(path.join(out, GRAPH_FILES.signed), own);
  await writeFile(path.join(out, GRAPH_FILES.unsigned), partsOf(unsigned, differing).own);
  await writeFile(path.join(out, VOCABULARY_FILE), lines);
  await writeFile(path.join(out, INDEX_FILE), Buffer.concat([ends, slots].map(({ buffer }) => Buffer.from(buffer))));
  const graph = { bytes: signed.length, differing };
  const prepared: PreparedSettings = { modelDigest: await digest(), graph, settings, tokens: ends.length };
  await writeFile(path.join(out, SETTINGS_FILE), JSON.stringify(prepared));
}

/** By way of the other form, so that both have the same tensors by the same names, and differ in nothing but their bytes. */
function withWeights(model: Uint8Array, form: WeightForm): Uint8Array {
  return weightsInForm(weightsInForm(model, form === 'signed' ? 'unsigned' : 'signed'), form);
}

/** The graph as onnxruntime optimises it, in its own format. @param folder for a file on the way */
async function optimized(model: Uint8Array, folder: string): Promise<Buffer> {
  const file = path.join(folder, 'optimized.ort');
  const session = await InferenceSession.create(model, {
    ...sessionOptions(1),
    graphOptimizationLevel: 'extended', // "all" adds only what suits this processor and perhaps no other
    optimizedModelFilePath: file,
    extra: { session: { save_model_format: 'ORT' } },
  });
  await session.release();
  const graph = await readFile(file);
  await rm(file);
  return graph;
}

function linesOf(ids: ReadonlyMap<string, number>): string {
  const tokens = [...ids].sort(([, a], [, b]) => a - b);
  const odd = tokens.find(([token, id], line) => id !== line || token.includes('\n'));
  if (odd) throw new ModelFolderError(`Expected a vocabulary that can be written as lines, got ${JSON.stringify(odd)}`);
  return tokens.map(([token]) => token).join('\n');
}
