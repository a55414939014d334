// node peer.mjs MODEL_FOLDER THREADS, forked: see ../../subjects/serve.ts
import { createRequire } from 'node:module';
import path from 'node:path';
import { env, pipeline } from '@xenova/transformers';
import ort from 'onnxruntime-node';
import { serve } from '../../subjects/serve.ts';

const [folder, threads] = process.argv.slice(2);
const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json');

// The library has no option for it: without this, onnxruntime takes one thread a physical core, and the comparison is unfair.
const { create } = ort.InferenceSession;
ort.InferenceSession.create = (model, options) => create(model, { ...options, intraOpNumThreads: Number(threads) });

env.localModelPath = path.dirname(path.resolve(folder));
env.allowRemoteModels = false;
env.useFSCache = false;

const answerer = await pipeline('question-answering', path.basename(folder), { quantized: true });
serve({ answer: ({ question, context }) => answerer(question, context) }, `onnxruntime-node ${version}`);
