import { createPipeline, type QaPipeline } from '../tasks/question-answering/pipeline.ts';
import { createTokenizer } from '../tokenizer/tokenizer.ts';
import { openModel } from './prepared-model.ts';
import { thisProcessor, type WeightForm } from './processor.ts';
import { createSession, loadRuntime } from './session.ts';

/** What loading a model took, in milliseconds, one after the other. */
export interface LoadTimes {
  /** The model's settings read, and the tokenizer made. */
  tokenizerMs: number;
  /** onnxruntime loaded. */
  runtimeMs: number;
  /** The session made over the weights. Those of a model that is not prepared are read by another thread until then, and changed to their form. */
  sessionMs: number;
  /** A first answer: memory is taken, and code compiled, that the first question would wait for. */
  warmUpMs: number;
}

/**
 * Loads a model and makes the pipeline around it.
 *
 * @param folder the model's, prepared or in the Hugging Face layout
 * @param threads of the model; as many as there are vCPUs
 * @param form of its weights; the one for the processor that this runs on by default
 * @param report is told what took how long
 * @param now milliseconds on a clock that never goes back
 * @throws ModelFolderError
 */
export async function loadPipeline(
  folder: string,
  threads: number,
  form: WeightForm = thisProcessor().weights,
  report: (times: LoadTimes) => void = () => {},
  now = () => performance.now(),
): Promise<QaPipeline> {
  const startedMs = now();
  const { settings, weights } = await openModel(folder, form);
  const tokenizer = createTokenizer(settings.tokenizer);
  const tokenizerMs = now();
  await loadRuntime();
  const runtimeMs = now();
  const file = await weights;
  const [session, modelDigest] = await Promise.all([createSession(file, threads), file.digest()]);
  const sessionMs = now();
  const pipeline = createPipeline({
    ...settings,
    tokenizer,
    session,
    modelDigest,
    now,
  });
  await pipeline.answer('Is it ready?', 'It is ready.');
  report({
    tokenizerMs: tokenizerMs - startedMs,
    runtimeMs: runtimeMs - tokenizerMs,
    sessionMs: sessionMs - runtimeMs,
    warmUpMs: now() - sessionMs,
  });
  return pipeline;
}
