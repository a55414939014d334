import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type ModelSettings, type OpenedModel, openModelFolder, readWhole } from './model-folder.ts';
import { vocabularyOf } from './vocabulary.ts';

/*
 * A prepared model: the folder of a model with the work done once that every start would do again. See docs/decisions/prepared-model.md.
 */

/** The graph as onnxruntime has optimised it, in the format that it can read in place. */
export const GRAPH_FILE = 'model.ort';
/** Everything else but the vocabulary. */
export const SETTINGS_FILE = 'model.json';
/** An IndexedVocabulary: its lines, and its numbers as they lie in memory, first `ends`, one a line, then `slots`. */
export const VOCABULARY_FILE = 'vocabulary.txt';
export const INDEX_FILE = 'vocabulary.index';

/** What `model.json` holds: written by prepare-model.ts, and not checked again. */
export interface PreparedSettings {
  /** SHA-256 of the ONNX file that the graph was made of, in hexadecimal. */
  modelDigest: string;
  /** With an empty vocabulary. */
  settings: ModelSettings;
  /** Tokens of the vocabulary. */
  tokens: number;
}

/**
 * Opens the folder of a model, prepared or in the Hugging Face layout.
 *
 * @throws ModelFolderError
 */
export async function openModel(folder: string): Promise<OpenedModel> {
  if (!existsSync(path.join(folder, SETTINGS_FILE))) return openModelFolder(folder);
  const weights = readWhole(folder, GRAPH_FILE);
  weights.catch(() => {}); // Told to whoever awaits it.
  const read = (file: string) => readFileSync(path.join(folder, file));
  const { modelDigest, settings, tokens } = JSON.parse(read(SETTINGS_FILE).toString()) as PreparedSettings;
  const index = read(INDEX_FILE);
  const numbers = new Int32Array(index.buffer, index.byteOffset, index.length / Int32Array.BYTES_PER_ELEMENT);
  settings.tokenizer.model.vocab = vocabularyOf({
    lines: read(VOCABULARY_FILE).toString(),
    ends: numbers.subarray(0, tokens),
    slots: numbers.subarray(tokens),
  });
  return { settings, weights: weights.then((bytes) => ({ format: 'ort', bytes, digest: async () => modelDigest })) };
}
