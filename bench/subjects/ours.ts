// node ours.ts PIPELINE_BUNDLE MODEL_FOLDER THREADS, forked: see serve.ts
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type Question, serve } from './serve.ts';

/** What we use of the bundle of function/qa/pipeline.ts. */
interface PipelineBundle {
  loadPipeline(folder: string, threads: number): Promise<Pipeline>;
}
interface Pipeline {
  answer(question: string, context: string): Promise<[{ answer: string; score: number }]>;
  /** The sequences that `answer` runs the model on. */
  prepare(question: string, context: string): { input: { inputIds: BigInt64Array; tokenTypeIds: BigInt64Array } }[];
}

/** What we use of the bundle of function/qa/session.ts, which lies beside it. */
interface SessionBundle {
  sessionOptions(threads: number): InferenceSession.SessionOptions;
}

const [bundle, folder, threads] = process.argv.slice(2) as [string, string, string];
const { loadPipeline } = (await import(pathToFileURL(bundle).href)) as PipelineBundle;
const { sessionOptions } = (await import(new URL('session.mjs', pathToFileURL(bundle)).href)) as SessionBundle;
const pipeline = await loadPipeline(folder, Number(threads));

/** The bare session: made as the pipeline makes its own, and given the same tensors, made beforehand. */
const session = await InferenceSession.create(
  await readFile(path.join(folder, 'onnx/model_quantized.onnx')),
  sessionOptions(Number(threads)),
);
const feedsById = new Map<string, Record<string, Tensor>>();

function feeds({ question, context }: Question): Record<string, Tensor> {
  const windows = pipeline.prepare(question, context);
  if (windows.length !== 1) throw new Error(`Expected a question of one window, got ${windows.length}`);
  const { inputIds, tokenTypeIds } = windows[0]!.input;
  const dims = [1, inputIds.length];
  return {
    input_ids: new Tensor('int64', inputIds, dims),
    attention_mask: new Tensor('int64', new BigInt64Array(inputIds.length).fill(1n), dims),
    token_type_ids: new Tensor('int64', tokenTypeIds, dims),
  };
}

const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
serve(
  {
    answer: async ({ question, context }) => (await pipeline.answer(question, context))[0],
    /** Not measured: the lengths of the sequences, as text. */
    tokens: async ({ question, context }) => ({
      answer: pipeline
        .prepare(question, context)
        .map(({ input }) => input.inputIds.length)
        .join(' '),
    }),
    /** Its first run for a question, in the warm-up, makes the tensors. */
    session: async (question) => {
      let prepared = feedsById.get(question.id);
      if (prepared === undefined) {
        prepared = feeds(question);
        feedsById.set(question.id, prepared);
      }
      const { start_logits } = await session.run(prepared);
      return { answer: String(start_logits!.dims) };
    },
  },
  `onnxruntime-node ${version}`,
);
