/** The models that are supported: each `model_type` of a config.json with the tokenizer that it has, by its `model.type`. */
export const SUPPORTED_MODELS = {
  bert: 'WordPiece',
  distilbert: 'WordPiece',
  electra: 'WordPiece',
  roberta: 'BPE',
} as const;

export type ModelType = keyof typeof SUPPORTED_MODELS;

export const MODEL_TYPES = Object.keys(SUPPORTED_MODELS) as ModelType[];

/** The model cannot be loaded. The message says what was expected, what came, and what to do. */
export class ModelFolderError extends Error {
  override name = 'ModelFolderError';
}

/** @param got as it is to be read, such as `"t5"` */
export function unsupported(expected: string, place: string, got: string): ModelFolderError {
  return new ModelFolderError(
    `Expected ${expected} at ${place}, got ${got}. Supported are extractive question-answering models of the types bert (MiniLM is one), ` +
      'distilbert and electra, with WordPiece, and roberta, with byte-level BPE, each with a tokenizer.json as transformers saves it.',
  );
}
