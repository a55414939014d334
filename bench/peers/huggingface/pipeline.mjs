// The arguments of the process: MODEL_FOLDER THREADS
import { createRequire } from 'node:module';
import path from 'node:path';
import { env, pipeline } from '@huggingface/transformers';

const [folder, threads] = process.argv.slice(2);
const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json');
export const runtime = `onnxruntime-node ${version}`;

env.localModelPath = path.dirname(path.resolve(folder));
env.allowRemoteModels = false;
env.useFSCache = false;

export const answerer = await pipeline('question-answering', path.basename(folder), {
  dtype: 'q8',
  device: 'cpu',
  session_options: { intraOpNumThreads: Number(threads) },
});
