import type { InferenceSession } from 'onnxruntime-node';

/** One sequence for the model: token ids, and 0 for the question's part of it, 1 for the context's. */
export interface ModelInput {
  inputIds: BigInt64Array;
  tokenTypeIds: BigInt64Array;
}

export interface Logits {
  startLogits: Float32Array;
  endLogits: Float32Array;
}

/** A model's file in memory, as it was exported. */
export interface OnnxFile {
  format: 'onnx';
  bytes: Uint8Array;
}

/** A graph's file on the disk, as prepare-model.ts makes it. */
export interface OrtFile {
  format: 'ort';
  path: string;
}

export type ModelFile = OnnxFile | OrtFile;

export interface QaSession {
  /** Runs the model over one sequence. It blocks the event loop meanwhile: onnxruntime-node computes on the calling thread. */
  run(input: ModelInput): Promise<Logits>;
}

/** How every session of ours is made. */
export function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  };
}

/** A prepared graph is mapped into memory, and the weights in it are read where they lie. */
const IN_PLACE = { session: { use_memory_mapped_ort_model: '1', use_ort_model_bytes_for_initializers: '1' } };

/**
 * Loads onnxruntime and lets it register its operators: 20 ms that `createSession` would take otherwise. Not at import: its library looks at
 * the environment when it is loaded, and index.ts has something to say there.
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

/**
 * A session over an extractive question-answering model.
 *
 * @param threads as many as there are vCPUs
 * @throws when the file is no such model: its inputs or outputs have other names
 */
export async function createSession(file: ModelFile, threads: number): Promise<QaSession> {
  const { Tensor } = await import('onnxruntime-node');
  const session = await createBareSession(file, threads);
  const unknown = session.inputNames.filter(
    (name) => !['input_ids', 'attention_mask', 'token_type_ids'].includes(name),
  );
  const missing = ['start_logits', 'end_logits'].filter((name) => !session.outputNames.includes(name));
  if (unknown.length > 0 || missing.length > 0) {
    throw new Error(
      'Expected a model with the inputs input_ids, attention_mask and token_type_ids and the outputs start_logits and end_logits, ' +
        `got the inputs ${session.inputNames.join(', ')} and the outputs ${session.outputNames.join(', ')}`,
    );
  }
  const takesMask = session.inputNames.includes('attention_mask'); // a prepared model does not
  const takesTypes = session.inputNames.includes('token_type_ids');

  return {
    async run({ inputIds, tokenTypeIds }) {
      const dims = [1, inputIds.length];
      const outputs = await session.run({
        input_ids: new Tensor('int64', inputIds, dims),
        ...(takesMask && { attention_mask: new Tensor('int64', new BigInt64Array(inputIds.length).fill(1n), dims) }),
        ...(takesTypes && { token_type_ids: new Tensor('int64', tokenTypeIds, dims) }),
      });
      return {
        startLogits: outputs['start_logits']!.data as Float32Array,
        endLogits: outputs['end_logits']!.data as Float32Array,
      };
    },
  };
}
