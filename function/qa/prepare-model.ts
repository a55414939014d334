import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { partsOf, sharedPieces } from './forms-in-parts.ts';
import { openModelFolder } from './model-folder.ts';
import { constantsOf } from './onnx-file.ts';
import { GRAPH_FILES, INDEX_FILE, type PreparedSettings, SETTINGS_FILE, VOCABULARY_FILE } from './prepared-model.ts';
import { sessionOptions } from './session.ts';
import { ModelFolderError } from './supported-models.ts';
import { indexVocabulary } from './vocabulary.ts';
import { weightsInForm } from './weights-in-form.ts';
import { withoutMask } from './without-mask.ts';

/** Bytes of a tensor from which on it is stored once for both forms. */
const LEAST_SHARED = 65_536;

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
  const graphs = await writeGraphs(withoutMask(bytes), out);
  await writeFile(path.join(out, VOCABULARY_FILE), lines);
  await writeFile(path.join(out, INDEX_FILE), Buffer.concat([ends, slots].map(({ buffer }) => Buffer.from(buffer))));
  const prepared: PreparedSettings = { modelDigest: await digest(), graphs, settings, tokens: ends.length };
  await writeFile(path.join(out, SETTINGS_FILE), JSON.stringify(prepared));
}

async function writeGraphs(model: Uint8Array, out: string): Promise<PreparedSettings['graphs']> {
  const models = { signed: weightsInForm(model, 'signed'), unsigned: weightsInForm(model, 'unsigned') };
  const signed = await optimized(models.signed, out);
  // A model without weights of 8 bits has but one form.
  const same = Buffer.from(models.signed).equals(models.unsigned);
  const unsigned = same ? signed : await optimized(models.unsigned, out);
  const tensors = same ? [signed] : largeTensors(models.signed, constantsOf(models.unsigned));
  const [inSigned, inUnsigned] = sharedPieces(signed, unsigned, tensors);
  await writeFile(path.join(out, GRAPH_FILES.shared), partsOf(signed, inSigned).shared);
  await writeFile(path.join(out, GRAPH_FILES.signed), partsOf(signed, inSigned).own);
  await writeFile(path.join(out, GRAPH_FILES.unsigned), partsOf(unsigned, inUnsigned).own);
  return {
    signed: { bytes: signed.length, shared: inSigned },
    unsigned: { bytes: unsigned.length, shared: inUnsigned },
  };
}

/** The tensors of a model that are worth a piece of their own and that another model has, too: its embeddings, above all. */
function largeTensors(model: Uint8Array, ofOther: ReadonlyMap<string, Uint8Array>): Uint8Array[] {
  return [...constantsOf(model)].flatMap(([name, bytes]) =>
    bytes.length >= LEAST_SHARED && Buffer.from(bytes).equals(ofOther.get(name) ?? Buffer.of()) ? [bytes] : [],
  );
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
