// The arguments of the process: MODEL_FOLDER THREADS
import { createRequire } from 'node:module';
import path from 'node:path';
import { env, pipeline } from '@xenova/transformers';
import ort from 'onnxruntime-node';

const [folder, threads] = process.argv.slice(2);
const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json');
export const runtime = `onnxruntime-node ${version}`;

// The library has no option for the number of threads. By default onnxruntime takes one per physical core: the comparison would be unfair.
const { create } = ort.InferenceSession;
ort.InferenceSession.create = (model, options) => create(model, { ...options, intraOpNumThreads: Number(threads) });

env.localModelPath = path.dirname(path.resolve(folder));
env.allowRemoteModels = false;
env.useFSCache = false;

export const answerer = await pipeline('question-answering', path.basename(folder), { quantized: true });
