import { closeSync, fstatSync, openSync, read, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import type { ModelFile } from './session.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Everything about a model but its weights, checked. */
export interface ModelSettings {
  tokenizer: v.InferOutput<typeof TokenizerJson>;
  tokenizerConfig: v.InferOutput<typeof TokenizerConfig>;
  /** Most tokens of a sequence that the model has positions for. */
  maxPositions: number;
}

/** A model on its way into memory. */
export interface OpenedModel {
  settings: ModelSettings;
  /** Being read by another thread, so that the rest can be prepared meanwhile. */
  weights: Promise<Weights>;
}

export interface Weights extends ModelFile {
  /** SHA-256 of the ONNX file, in hexadecimal. */
  digest(): Promise<string>;
}

/** The model cannot be loaded. The message says what was expected, what came, and what to do. */
export class ModelFolderError extends Error {
  override name = 'ModelFolderError';
}

const MODEL_TYPES = ['bert', 'distilbert', 'electra'] as const;
const Config = v.looseObject({
  model_type: v.picklist(MODEL_TYPES),
  max_position_embeddings: v.pipe(v.number(), v.integer(), v.minValue(1)),
});
/** Tens of thousands of entries: a schema for each would take longer than all the rest. */
const VocabularyJson = v.pipe(
  v.custom<Record<string, number>>(
    (input) => typeof input === 'object' && input !== null && Object.values(input).every(Number.isInteger),
    'an object of tokens and their ids',
  ),
  v.transform((ids): Vocabulary => new Map(Object.entries(ids))),
);
const TokenizerJson = v.looseObject({
  normalizer: v.looseObject({
    type: v.literal('BertNormalizer'),
    clean_text: v.literal(true),
    handle_chinese_chars: v.literal(true),
    lowercase: v.boolean(),
    strip_accents: v.nullable(v.boolean()),
  }),
  pre_tokenizer: v.looseObject({ type: v.literal('BertPreTokenizer') }),
  model: v.looseObject({
    type: v.literal('WordPiece'),
    vocab: VocabularyJson,
    unk_token: v.string(),
    continuing_subword_prefix: v.string(),
  }),
  // Found in the text as they are and wherever they stand: what else an added token can ask for is not supported.
  added_tokens: v.array(
    v.looseObject({
      id: v.number(),
      content: v.pipe(v.string(), v.minLength(1)),
      single_word: v.literal(false),
      lstrip: v.literal(false),
      rstrip: v.literal(false),
      normalized: v.literal(false),
    }),
  ),
});
const TokenizerConfig = v.looseObject({ model_max_length: v.optional(v.pipe(v.number(), v.minValue(1))) });

/**
 * Opens a model's folder: `config.json`, `tokenizer.json`, `tokenizer_config.json` and `onnx/model_quantized.onnx`.
 *
 * @throws ModelFolderError when a file is missing or is of a model that is not supported
 */
export async function openModelFolder(folder: string): Promise<OpenedModel> {
  const weights = readWeights(folder);
  weights.catch(() => {}); // Told to whoever awaits it; what is wrong with the settings is told first.
  const config = readJson(folder, 'config.json', Config);
  const tokenizer = readJson(folder, 'tokenizer.json', TokenizerJson);
  const tokenizerConfig = readJson(folder, 'tokenizer_config.json', TokenizerConfig);
  return { settings: { tokenizer, tokenizerConfig, maxPositions: config.max_position_embeddings }, weights };
}

async function readWeights(folder: string): Promise<Weights> {
  const bytes = await readWhole(folder, 'onnx/model_quantized.onnx');
  return {
    format: 'onnx',
    bytes,
    digest: async () => Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex'),
  };
}

/**
 * A large file in memory of its own, by one read in another thread: `readFile` comes back to this one for each half megabyte.
 *
 * @throws ModelFolderError
 */
export async function readWhole(folder: string, part: string): Promise<Buffer<ArrayBuffer>> {
  try {
    const file = openSync(path.join(folder, part), 'r');
    try {
      const { size } = fstatSync(file);
      const bytes = Buffer.allocUnsafeSlow(size);
      for (let at = 0; at < size; at += await readInto(bytes, file, at));
      return bytes;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw unreadable(folder, part, error);
  }
}

function readInto(bytes: Buffer, file: number, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(file, bytes, at, bytes.length - at, at, (error, bytesRead) => {
      if (error) reject(error);
      else if (bytesRead === 0) reject(new Error(`a file that became shorter than ${bytes.length} bytes`));
      else resolve(bytesRead);
    });
  });
}

function unreadable(folder: string, part: string, cause: unknown): ModelFolderError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new ModelFolderError(
    `Expected a readable file ${part} in the model folder ${folder}, got ${code ?? message}. ` +
      'Let MODEL_DIR name a folder in the Hugging Face layout with an ONNX file.',
    { cause },
  );
}

function readJson<S extends v.GenericSchema>(folder: string, part: string, schema: S): v.InferOutput<S> {
  let text: string;
  try {
    text = readFileSync(path.join(folder, part), 'utf8');
  } catch (error) {
    throw unreadable(folder, part, error);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ModelFolderError(`Expected JSON in ${path.join(folder, part)}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const result = v.safeParse(schema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new ModelFolderError(
    `Expected ${issue.expected} at "${v.getDotPath(issue)}" in ${path.join(folder, part)}, got ${issue.received}. ` +
      `Supported are extractive question-answering models with WordPiece vocabularies: ${MODEL_TYPES.join(', ')}.`,
  );
}
