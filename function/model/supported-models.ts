/** The families of models that are supported: each `model_type` of a config.json, with the type of its tokenizer, the `model.type` of tokenizer.json. */
export const SUPPORTED_MODELS = {
  bert: 'WordPiece',
  distilbert: 'WordPiece',
  electra: 'WordPiece',
  roberta: 'BPE',
} as const;

export type ModelType = keyof typeof SUPPORTED_MODELS;

export const MODEL_TYPES = Object.keys(SUPPORTED_MODELS) as ModelType[];

/** The tasks that a model can be for, each with the end of the names that its classes have among the `architectures` of a config.json. */
const ARCHITECTURE_OF_TASK = {
  'question-answering': 'ForQuestionAnswering',
  'text-classification': 'ForSequenceClassification',
} as const;

/** A task, by the name that Hugging Face has for it. */
export type TaskName = keyof typeof ARCHITECTURE_OF_TASK;

/**
 * The task that a model is for; undefined where its architectures are of none that is supported.
 *
 * A config.json without `architectures`, as some conversions to ONNX have it, is taken for one of question answering. The task looks at the outputs of the graph
 * in any case.
 */
export function taskOf(architectures: readonly string[]): TaskName | undefined {
  if (architectures.length === 0) return 'question-answering';
  const tasks = Object.entries(ARCHITECTURE_OF_TASK) as [TaskName, string][];
  return tasks.find(([, end]) => architectures.some((architecture) => architecture.endsWith(end)))?.[0];
}

/** What `architectures` may name, for a message. */
export const ARCHITECTURES = Object.values(ARCHITECTURE_OF_TASK)
  .map((end) => `"...${end}"`)
  .join(' or ');

/** The model cannot be loaded. The message says what was expected, what came, and what to do. */
export class ModelFolderError extends Error {
  override name = 'ModelFolderError';
}

/** @param got what came, as the message shows it, such as `"t5"` */
export function unsupported(expected: string, place: string, got: string): ModelFolderError {
  return new ModelFolderError(
    `Expected ${expected} at ${place}, got ${got}. Supported are models of extractive question answering and of text classification, of the types bert (MiniLM is one), ` +
      'distilbert and electra, with WordPiece, and roberta, with byte-level BPE, each with a tokenizer.json as transformers saves it.',
  );
}
