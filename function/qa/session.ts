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

/** A model's file, whole: as it was exported, or as prepared-model.ts makes it. */
export interface ModelFile {
  format: 'onnx' | 'ort';
  bytes: Buffer;
}

export interface QaSession {
  /** Runs the model over one sequence. It blocks the event loop meanwhile: onnxruntime-node computes on the calling thread. */
  run(input: ModelInput): Promise<Logits>;
  /** What the session reads its weights from, as long as it lives: onnxruntime does not hold it. */
  readonly file?: ModelFile;
}

/** How every session of ours is made over an ONNX file; the benchmark's bare session is made the same way. */
export function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  };
}

/** A prepared model is read where it lies: it is not copied, and its weights neither. */
const IN_PLACE = { session: { use_ort_model_bytes_directly: '1', use_ort_model_bytes_for_initializers: '1' } };

/**
 * Loads onnxruntime and lets it register its operators: 20 ms that `createSession` would take otherwise. Not at import: its library looks at
 * the environment when it is loaded, and index.ts has something to say there.
 */
export async function loadRuntime(): Promise<void> {
  const { initOrt } = await import('onnxruntime-node/dist/binding.js');
  initOrt();
}

/**
 * A session over an extractive question-answering model.
 *
 * @param threads as many as there are vCPUs
 * @throws when the file is no such model: its inputs or outputs have other names
 */
export async function createSession(file: ModelFile, threads: number): Promise<QaSession> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const inPlace = file.format === 'ort';
  const session = await InferenceSession.create(file.bytes, {
    ...sessionOptions(threads),
    ...(inPlace && { extra: IN_PLACE }),
  });
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
  const takesTypes = session.inputNames.includes('token_type_ids');

  return {
    ...(inPlace && { file }),
    async run({ inputIds, tokenTypeIds }) {
      const dims = [1, inputIds.length];
      const outputs = await session.run({
        input_ids: new Tensor('int64', inputIds, dims),
        attention_mask: new Tensor('int64', new BigInt64Array(inputIds.length).fill(1n), dims),
        ...(takesTypes && { token_type_ids: new Tensor('int64', tokenTypeIds, dims) }),
      });
      return {
        startLogits: outputs['start_logits']!.data as Float32Array,
        endLogits: outputs['end_logits']!.data as Float32Array,
      };
    },
  };
}
