import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { vocabularyOf } from '../tokenizer/vocabulary.ts';
import { type ModelSettings, type OpenedModel, openModelFolder, unreadable, type Weights } from './model-folder.ts';
import type { WeightForm } from './processor.ts';
import type { OnnxFile, OrtFile } from './session.ts';
import { ModelFolderError } from './supported-models.ts';

/*
 * A prepared model: a folder with the results of the work that every start would otherwise repeat. See docs/decisions/prepared-model.md.
 */

/** Everything except the graphs and the vocabulary. */
export const SETTINGS_FILE = 'model.json';
/** An IndexedVocabulary: its lines; and its numbers as they are in memory, first `ends`, one for each line, then `slots`. */
export const VOCABULARY_FILE = 'vocabulary.txt';
export const INDEX_FILE = 'vocabulary.index';

/** The version of a prepared model's format. Raise it with every change to a file, or to ModelSettings. */
export const PREPARED_FORMAT = 2;

/** The content of `model.json`. prepare-model.ts writes it, and nothing checks it again. */
export interface PreparedSettings {
  /** PREPARED_FORMAT of the build that prepared the model. */
  format: number;
  /** SHA-256 of the ONNX file that the graphs were made from, in hexadecimal. It is the same for both forms. */
  modelDigest: string;
  /** The file of the graph for each form of the weights, optimised by onnxruntime, in the format that it can read in place. */
  graphs: Record<WeightForm, string>;
  /** With an empty vocabulary. */
  settings: ModelSettings;
  /** How many tokens the vocabulary has. */
  tokens: number;
}

/**
 * Opens the folder of a model, prepared or in the Hugging Face layout. Files of the other form are not read.
 *
 * @throws ModelFolderError
 */
export async function openModel(folder: string, form: WeightForm): Promise<OpenedModel> {
  const prepared = existsSync(path.join(folder, SETTINGS_FILE));
  const { settings, weights } = prepared ? openPrepared(folder, form) : await openPublished(folder, form);
  weights.catch(() => {}); // The caller gets the error when it awaits the weights.
  return { settings, weights };
}

async function openPublished(folder: string, form: WeightForm): Promise<OpenedModel> {
  const { settings, weights } = await openModelFolder(folder);
  return { settings, weights: weights.then((file) => inForm(file, form)) };
}

async function inForm(file: Weights<OnnxFile>, form: WeightForm): Promise<Weights<OnnxFile>> {
  const { weightsInForm } = await import('./weights-in-form.ts');
  return { ...file, bytes: weightsInForm(file.bytes, form) };
}

function openPrepared(folder: string, form: WeightForm): OpenedModel {
  const read = (file: string) => readFileSync(path.join(folder, file));
  const json = JSON.parse(read(SETTINGS_FILE).toString()) as PreparedSettings;
  const { format, modelDigest, graphs, settings, tokens } = json;
  if (format !== PREPARED_FORMAT) {
    throw new ModelFolderError(
      `Expected ${folder} to be a model prepared in format ${PREPARED_FORMAT}, got format ${format}. ` +
        'Prepare it anew with the `make build` of this version, or let MODEL_DIR name the folder that it was prepared from.',
    );
  }
  const index = read(INDEX_FILE);
  const numbers = new Int32Array(index.buffer, index.byteOffset, index.length / Int32Array.BYTES_PER_ELEMENT);
  settings.tokenizer.model.vocab = vocabularyOf({
    lines: read(VOCABULARY_FILE).toString(),
    ends: numbers.subarray(0, tokens),
    slots: numbers.subarray(tokens),
  });
  return { settings, weights: findGraph(folder, graphs[form], modelDigest) };
}

async function findGraph(folder: string, graph: string, modelDigest: string): Promise<Weights<OrtFile>> {
  const file = path.join(folder, graph);
  try {
    accessSync(file, constants.R_OK); // onnxruntime's own message for a missing file does not say what to do.
  } catch (error) {
    throw unreadable(folder, graph, error);
  }
  return { format: 'ort', path: file, digest: async () => modelDigest };
}
