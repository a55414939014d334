// node ours.ts BUNDLES PREPARED_MODEL ONNX_FILE THREADS, forked: see serve.ts
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { type Question, serve } from './serve.ts';

/** The parts of the function that we use: its modules as bundles of their own, by name. */
interface Bundles {
  'prepared-model': {
    openModel(
      folder: string,
      form: string,
    ): Promise<{
      settings: { tokenizer: object };
      weights: Promise<{ digest(): Promise<string> }>;
    }>;
  };
  processor: { thisProcessor(): { weights: string } };
  tokenizer: { createTokenizer(settings: object): object };
  session: {
    createSession(file: object, threads: number): Promise<object>;
    createBareSession(file: object, threads: number): Promise<InferenceSession>;
  };
  pipeline: { createPipeline(parts: object): Pipeline };
}

interface Pipeline {
  answer(question: string, context: string): Promise<[{ answer: string; score: number }]>;
  /** The sequences that `answer` runs the model on. */
  prepare(question: string, context: string): { input: { inputIds: BigInt64Array; tokenTypeIds: BigInt64Array } }[];
}

const [folder, preparedModel, onnxFile, threads] = process.argv.slice(2) as [string, string, string, string];

function bundle<Name extends keyof Bundles>(name: Name): Promise<Bundles[Name]> {
  return import(pathToFileURL(path.join(folder, `${name}.mjs`)).href) as Promise<Bundles[Name]>;
}
const { openModel } = await bundle('prepared-model');
const { thisProcessor } = await bundle('processor');
const { createTokenizer } = await bundle('tokenizer');
const { createBareSession, createSession } = await bundle('session');
const { createPipeline } = await bundle('pipeline');

const { settings, weights } = await openModel(preparedModel, thisProcessor().weights);
const model = await weights;
const modelDigest = await model.digest();
const exported = await readFile(onnxFile);
if (createHash('sha256').update(exported).digest('hex') !== modelDigest) {
  throw new Error(
    `Expected ${preparedModel} to be made of ${onnxFile}, as \`make build\` does without MODEL and MODEL_DIR`,
  );
}
const session = await createSession(model, Number(threads));

/** The pipeline as the function makes it: see function/tasks/question-answering/. Its tokenizer remembers no word yet. */
function freshPipeline(): Pipeline {
  const tokenizer = createTokenizer(settings.tokenizer);
  return createPipeline({ ...settings, tokenizer, session, modelDigest, now: () => performance.now() });
}
const pipeline = freshPipeline();
let cold = pipeline;

/** The bare session, over the same prepared model in the same form, given the same tensors, made beforehand. */
const bareSession = await createBareSession(model, Number(threads));
let feeds: Record<string, Tensor> = {};

function feedsOf({ question, context }: Question): Record<string, Tensor> {
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
    'answer, cold': {
      prepare: () => {
        cold = freshPipeline();
      },
      work: async ({ question, context }) => (await cold.answer(question, context))[0],
    },
    session: {
      prepare: (question) => {
        feeds = feedsOf(question);
      },
      work: async () => {
        const { start_logits } = await bareSession.run(feeds);
        return { answer: String(start_logits!.dims) };
      },
    },
    /** Not measured: the lengths of the sequences, as text. */
    tokens: async ({ question, context }) => ({
      answer: pipeline
        .prepare(question, context)
        .map(({ input }) => input.inputIds.length)
        .join(' '),
    }),
  },
  `onnxruntime-node ${version}`,
);
