import { closeSync, fstatSync, openSync, read, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import type { SequenceForms } from '../tokenizer/sequence.ts';
import type { TokenizerSettings } from '../tokenizer/tokenizer.ts';
import { TokenizerConfig, tokenizerSettings } from '../tokenizer/tokenizer-config.ts';
import { TokenizerJson } from '../tokenizer/tokenizer-json.ts';
import type { ModelFile, OnnxFile } from './session.ts';
import {
  ARCHITECTURES,
  MODEL_TYPES,
  ModelFolderError,
  SUPPORTED_MODELS,
  type TaskName,
  taskOf,
  unsupported,
} from './supported-models.ts';

/** Everything about a model except its weights, checked. */
export interface ModelSettings {
  /** What the model is for. */
  task: TaskName;
  /** All of config.json. A task takes from it what it needs, by a schema of its own. */
  config: Record<string, unknown>;
  tokenizer: TokenizerSettings;
  sequences: SequenceForms;
  /** The tokenizer's `model_max_length`. */
  modelMaxLength: number;
  /** Most tokens of a sequence, which is the number of positions that the model has. */
  maxPositions: number;
}

/** A model that is open, but not loaded. */
export interface OpenedModel<File extends ModelFile = ModelFile> {
  settings: ModelSettings;
  /** Another thread reads the weights, if they have to be read, so that the rest can be prepared meanwhile. */
  weights: Promise<Weights<File>>;
}

export type Weights<File extends ModelFile> = File & {
  /** SHA-256 of the ONNX file, in hexadecimal. */
  digest(): Promise<string>;
};

const Config = v.looseObject({
  architectures: v.nullish(v.array(v.string())),
  model_type: v.picklist(MODEL_TYPES),
  max_position_embeddings: v.pipe(v.number(), v.integer(), v.minValue(1)),
  pad_token_id: v.nullish(v.number()),
});

/**
 * Opens a model's folder as it was published: `config.json`, `tokenizer.json`, `tokenizer_config.json` and `onnx/model_quantized.onnx`.
 *
 * @throws ModelFolderError when a file is missing or belongs to a model that is not supported
 */
export async function openModelFolder(folder: string): Promise<OpenedModel<OnnxFile>> {
  const weights = readWeights(folder);
  weights.catch(() => {}); // The caller gets the error when it awaits the weights. An error in the settings comes first.
  const config = readJson(folder, 'config.json', Config);
  const tokenizer = readJson(folder, 'tokenizer.json', TokenizerJson);
  const tokenizerConfig = readJson(folder, 'tokenizer_config.json', TokenizerConfig);
  const { settings, sequences } = tokenizerSettings(config.model_type, tokenizer, tokenizerConfig);
  if (settings.type !== SUPPORTED_MODELS[config.model_type]) {
    throw unsupported(
      `"${SUPPORTED_MODELS[config.model_type]}", as config.json has "${config.model_type}",`,
      `"model.type" in ${path.join(folder, 'tokenizer.json')}`,
      `"${settings.type}"`,
    );
  }
  const task = taskOf(config.architectures ?? []);
  if (task === undefined) {
    const place = `"architectures" in ${path.join(folder, 'config.json')}`;
    throw unsupported(ARCHITECTURES, place, `"${config.architectures?.join('", "')}"`);
  }
  const maxPositions = positionsOf(config);
  const modelMaxLength = tokenizerConfig.model_max_length ?? maxPositions;
  return { settings: { task, config, tokenizer: settings, sequences, modelMaxLength, maxPositions }, weights };
}

/** RoBERTa's positions begin after the id of the padding token. */
function positionsOf({ model_type, max_position_embeddings, pad_token_id }: v.InferOutput<typeof Config>): number {
  return model_type === 'roberta' ? max_position_embeddings - (pad_token_id ?? 1) - 1 : max_position_embeddings;
}

async function readWeights(folder: string): Promise<Weights<OnnxFile>> {
  const bytes = await readWhole(folder, 'onnx/model_quantized.onnx');
  return {
    format: 'onnx',
    bytes,
    digest: async () => Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex'),
  };
}

/**
 * Reads a large file in one read on another thread. `readFile` would come back to this thread for each half megabyte.
 *
 * @throws ModelFolderError
 */
async function readWhole(folder: string, part: string): Promise<Buffer<ArrayBuffer>> {
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

/** The error of a file in a model's folder that cannot be read. */
export function unreadable(folder: string, part: string, cause: unknown): ModelFolderError {
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
  // A check of our own has what it expects as its message.
  const expected = issue.expected ?? issue.message;
  throw unsupported(expected, `"${v.getDotPath(issue) ?? ''}" in ${path.join(folder, part)}`, issue.received);
}
