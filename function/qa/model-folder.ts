import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';

/** A model's folder in the Hugging Face layout, read and checked. */
export interface ModelFolder {
  /** The ONNX file, whole. */
  model: Buffer;
  tokenizer: v.InferOutput<typeof TokenizerJson>;
  tokenizerConfig: v.InferOutput<typeof TokenizerConfig>;
  /** Most tokens of a sequence that the model has positions for. */
  maxPositions: number;
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
    vocab: v.record(v.string(), v.number()),
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
 * Reads a model's folder: `config.json`, `tokenizer.json`, `tokenizer_config.json` and `onnx/model_quantized.onnx`.
 *
 * @throws ModelFolderError when a file is missing or is of a model that is not supported
 */
export async function readModelFolder(folder: string): Promise<ModelFolder> {
  const [config, tokenizer, tokenizerConfig, model] = await Promise.all([
    readJson(folder, 'config.json', Config),
    readJson(folder, 'tokenizer.json', TokenizerJson),
    readJson(folder, 'tokenizer_config.json', TokenizerConfig),
    readPart(folder, 'onnx/model_quantized.onnx'),
  ]);
  return { model, tokenizer, tokenizerConfig, maxPositions: config.max_position_embeddings };
}

async function readPart(folder: string, part: string): Promise<Buffer> {
  try {
    return await readFile(path.join(folder, part));
  } catch (error) {
    throw new ModelFolderError(
      `Expected a readable file ${part} in the model folder ${folder}, got ${(error as NodeJS.ErrnoException).code}. ` +
        'Let MODEL_DIR name a folder in the Hugging Face layout with an ONNX file.',
      { cause: error },
    );
  }
}

async function readJson<S extends v.GenericSchema>(folder: string, part: string, schema: S): Promise<v.InferOutput<S>> {
  const text = (await readPart(folder, part)).toString();
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
