import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Piece, partsOf } from './forms-in-parts.ts';
import { type ModelSettings, type OpenedModel, openModelFolder, type Weights } from './model-folder.ts';
import type { WeightForm } from './processor.ts';
import { readInto } from './read-file.ts';
import { vocabularyOf } from './vocabulary.ts';

/*
 * A prepared model: the folder of a model with the work done once that every start would do again. See docs/decisions/prepared-model.md.
 */

/**
 * The graph as onnxruntime has optimised it, in the format that it can read in place, and in both forms of its weights: what they share, and what
 * each has for itself. See forms-in-parts.ts.
 */
export const GRAPH_FILES = { shared: 'graph.shared', signed: 'graph.signed', unsigned: 'graph.unsigned' } as const;
/** Everything else but the vocabulary. */
export const SETTINGS_FILE = 'model.json';
/** An IndexedVocabulary: its lines, and its numbers as they lie in memory, first `ends`, one a line, then `slots`. */
export const VOCABULARY_FILE = 'vocabulary.txt';
export const INDEX_FILE = 'vocabulary.index';

/** What `model.json` holds: written by prepare-model.ts, and not checked again. */
export interface PreparedSettings {
  /** SHA-256 of the ONNX file that the graph was made of, in hexadecimal: one, whichever form is opened. */
  modelDigest: string;
  /** Of the graph in each form: how long it is, in bytes, and where in it the shared pieces lie, in the order of their file. */
  graphs: Record<WeightForm, { bytes: number; shared: Piece[] }>;
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

async function inForm(file: Weights, form: WeightForm): Promise<Weights> {
  const { weightsInForm } = await import('./weights-in-form.ts');
  return { ...file, bytes: Buffer.from(weightsInForm(file.bytes, form)) };
}

function openPrepared(folder: string, form: WeightForm): OpenedModel {
  const read = (file: string) => readFileSync(path.join(folder, file));
  const { modelDigest, graphs, settings, tokens } = JSON.parse(read(SETTINGS_FILE).toString()) as PreparedSettings;
  const weights = readGraph(folder, form, graphs[form]);
  weights.catch(() => {}); // What is wrong with the vocabulary is told first.
  const index = read(INDEX_FILE);
  const numbers = new Int32Array(index.buffer, index.byteOffset, index.length / Int32Array.BYTES_PER_ELEMENT);
  settings.tokenizer.model.vocab = vocabularyOf({
    lines: read(VOCABULARY_FILE).toString(),
    ends: numbers.subarray(0, tokens),
    slots: numbers.subarray(tokens),
  });
  return { settings, weights: weights.then((bytes) => ({ format: 'ort', bytes, digest: async () => modelDigest })) };
}

async function readGraph(
  folder: string,
  form: WeightForm,
  { bytes, shared }: PreparedSettings['graphs'][WeightForm],
): Promise<Buffer> {
  const graph = Buffer.allocUnsafeSlow(bytes);
  const parts = partsOf(graph, shared);
  await Promise.all([
    readInto(folder, GRAPH_FILES.shared, parts.shared),
    readInto(folder, GRAPH_FILES[form], parts.own),
  ]);
  return graph;
}
