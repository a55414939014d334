import type { InferenceSession } from 'onnxruntime-node';
import type { ModelInput } from '../tokenizer/sequence.ts';

/** The ONNX file of a model, in memory. */
export interface OnnxFile {
  format: 'onnx';
  bytes: Uint8Array;
}

/** The file of a prepared graph, on disk. */
export interface OrtFile {
  format: 'ort';
  path: string;
}

export type ModelFile = OnnxFile | OrtFile;

/** The values of each output, by its name. */
export type ModelOutputs = Record<string, Float32Array>;

export interface ModelSession {
  /** The names of the outputs. */
  outputNames: readonly string[];
  /** Runs the model over one sequence. It blocks the event loop meanwhile: onnxruntime-node computes on the calling thread. */
  run(input: ModelInput): Promise<ModelOutputs>;
}

/** The options of every session. */
export function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  };
}

/** A prepared graph is mapped into memory, and its weights are not copied. */
const IN_PLACE = { session: { use_memory_mapped_ort_model: '1', use_ort_model_bytes_for_initializers: '1' } };

/**
 * Loads onnxruntime and registers its operators. `createSession` would do it otherwise, and take 20 ms longer. It is not done at import, since the library reads the
 * environment when it is loaded, and index.ts sets a variable for it first.
 */
export async function loadRuntime(): Promise<void> {
  const { initOrt } = await import('onnxruntime-node/dist/binding.js');
  initOrt();
}

/** onnxruntime's own session over a model, with nothing of ours around it. */
export async function createBareSession(file: ModelFile, threads: number): Promise<InferenceSession> {
  const { InferenceSession } = await import('onnxruntime-node');
  const options = sessionOptions(threads);
  return file.format === 'ort'
    ? InferenceSession.create(file.path, { ...options, extra: IN_PLACE })
    : InferenceSession.create(file.bytes, options);
}

/** The inputs that a session can give to a model. */
const INPUTS = ['input_ids', 'attention_mask', 'token_type_ids'];

/**
 * A session over a model of one text or of two.
 *
 * @param threads as many as there are vCPUs
 * @throws Error when the model needs other inputs
 */
export async function createSession(file: ModelFile, threads: number): Promise<ModelSession> {
  const { Tensor } = await import('onnxruntime-node');
  const session = await createBareSession(file, threads);
  const { inputNames, outputNames } = session;
  if (inputNames.some((name) => !INPUTS.includes(name))) {
    throw new Error(
      `Expected a model with no inputs but ${INPUTS.join(', ')}, got one with ${inputNames.join(', ')}. Export it for its task with optimum-cli.`,
    );
  }
  const takesMask = inputNames.includes('attention_mask'); // a prepared model does not
  const takesTypes = inputNames.includes('token_type_ids');

  return {
    outputNames,
    async run({ inputIds, tokenTypeIds }) {
      const dims = [1, inputIds.length];
      const outputs = await session.run({
        input_ids: new Tensor('int64', inputIds, dims),
        ...(takesMask && { attention_mask: new Tensor('int64', new BigInt64Array(inputIds.length).fill(1n), dims) }),
        ...(takesTypes && { token_type_ids: new Tensor('int64', tokenTypeIds, dims) }),
      });
      return Object.fromEntries(outputNames.map((name) => [name, outputs[name]!.data as Float32Array]));
    },
  };
}

/** @throws Error when the model does not have these outputs */
export function requireOutputs({ outputNames }: ModelSession, ...names: string[]): void {
  if (names.every((name) => outputNames.includes(name))) return;
  throw new Error(
    `Expected a model with the outputs ${names.join(', ')}, got one with ${outputNames.join(', ')}. Export it for its task with optimum-cli.`,
  );
}
