// node peer.mjs MODEL_FOLDER THREADS, forked: see ../../subjects/serve.ts
import { createRequire } from 'node:module';
import path from 'node:path';
import { env, pipeline } from '@huggingface/transformers';
import { serve } from '../../subjects/serve.ts';

const [folder, threads] = process.argv.slice(2);
const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json');

env.localModelPath = path.dirname(path.resolve(folder));
env.allowRemoteModels = false;
env.useFSCache = false;

const answerer = await pipeline('question-answering', path.basename(folder), {
  dtype: 'q8',
  device: 'cpu',
  session_options: { intraOpNumThreads: Number(threads) },
});
serve({ answer: ({ question, context }) => answerer(question, context) }, `onnxruntime-node ${version}`);
