import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type ModelSettings, type OpenedModel, openModelFolder, readWhole } from './model-folder.ts';
import { vocabularyOf } from './vocabulary.ts';

/*
 * A prepared model: the folder of a model with the work done once that every start would do again. See docs/decisions/prepared-model.md.
 */

/** The graph as onnxruntime has optimised it, in the format that it can read in place. */
export const GRAPH_FILE = 'model.ort';
/** Everything else. */
export const SETTINGS_FILE = 'model.json';

/** What `model.json` holds: written by prepare-model.ts, and not checked again. */
export interface PreparedSettings {
  /** SHA-256 of the ONNX file that the graph was made of, in hexadecimal. */
  modelDigest: string;
  /** With an empty vocabulary. */
  settings: ModelSettings;
  /** An IndexedVocabulary, its numbers in BASE64 as they lie in memory. */
  vocabulary: { lines: string; ends: string; slots: string };
}

/**
 * Opens the folder of a model, prepared or in the Hugging Face layout.
 *
 * @throws ModelFolderError
 */
export async function openModel(folder: string): Promise<OpenedModel> {
  const file = path.join(folder, SETTINGS_FILE);
  if (!existsSync(file)) return openModelFolder(folder);
  const weights = readWhole(folder, GRAPH_FILE);
  weights.catch(() => {}); // Told to whoever awaits it.
  const { modelDigest, settings, vocabulary } = JSON.parse(readFileSync(file, 'utf8')) as PreparedSettings;
  const { lines, ends, slots } = vocabulary;
  settings.tokenizer.model.vocab = vocabularyOf({ lines, ends: numbers(ends), slots: numbers(slots) });
  return { settings, weights: weights.then((bytes) => ({ format: 'ort', bytes, digest: async () => modelDigest })) };
}

function numbers(base64: string): Int32Array {
  const bytes = Buffer.from(base64, 'base64');
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / Int32Array.BYTES_PER_ELEMENT);
}
