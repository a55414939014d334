import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { vocabularyOf } from '../tokenizer/vocabulary.ts';
import { type ModelSettings, type OpenedModel, openModelFolder, unreadable, type Weights } from './model-folder.ts';
import type { WeightForm } from './processor.ts';
import type { OnnxFile, OrtFile } from './session.ts';

/*
 * A prepared model: the folder of a model with the work done once that every start would do again. See docs/decisions/prepared-model.md.
 */

/** Everything else but the vocabulary. */
export const SETTINGS_FILE = 'model.json';
/** An IndexedVocabulary: its lines, and its numbers as they lie in memory, first `ends`, one a line, then `slots`. */
export const VOCABULARY_FILE = 'vocabulary.txt';
export const INDEX_FILE = 'vocabulary.index';

/** What `model.json` holds: written by prepare-model.ts, and not checked again. */
export interface PreparedSettings {
  /** SHA-256 of the ONNX file that the graph was made of, in hexadecimal: one, whichever form is opened. */
  modelDigest: string;
  /** The files of the graph with its weights in each form, as onnxruntime has optimised it, in the format that it can read in place. */
  graphs: Record<WeightForm, string>;
  /** With an empty vocabulary. */
  settings: ModelSettings;
  /** Tokens of the vocabulary. */
  tokens: number;
}

/**
 * Opens the folder of a model, prepared or in the Hugging Face layout. What belongs to the other form is not read.
 *
 * @throws ModelFolderError
 */
export async function openModel(folder: string, form: WeightForm): Promise<OpenedModel> {
  const prepared = existsSync(path.join(folder, SETTINGS_FILE));
  const { settings, weights } = prepared ? openPrepared(folder, form) : await openPublished(folder, form);
  weights.catch(() => {}); // Told to whoever awaits it.
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
  const { modelDigest, graphs, settings, tokens } = JSON.parse(read(SETTINGS_FILE).toString()) as PreparedSettings;
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
    accessSync(file, constants.R_OK); // What onnxruntime says of a missing file is not what to do.
  } catch (error) {
    throw unreadable(folder, graph, error);
  }
  return { format: 'ort', path: file, digest: async () => modelDigest };
}
