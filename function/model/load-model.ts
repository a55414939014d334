import type { Tokenizer } from '../tokenizer/encoded-text.ts';
import { createTokenizer } from '../tokenizer/tokenizer.ts';
import type { ModelSettings } from './model-folder.ts';
import { openModel } from './prepared-model.ts';
import { thisProcessor, type WeightForm } from './processor.ts';
import { createSession, loadRuntime, type ModelSession } from './session.ts';

/** A model that can be run, with everything that a task needs to know of it. */
export interface LoadedModel extends Omit<ModelSettings, 'tokenizer'> {
  tokenizer: Tokenizer;
  session: ModelSession;
  /** SHA-256 of the published ONNX file, in hexadecimal. */
  modelDigest: string;
  /** Milliseconds on a clock that never goes back. */
  now: () => number;
}

/** How long each step of loading a model took, in milliseconds. The steps follow one another. */
export interface ModelLoadTimes {
  /** Reading the model's settings, and making the tokenizer. */
  tokenizerMs: number;
  /** Loading onnxruntime. */
  runtimeMs: number;
  /** Making the session over the weights. Another thread reads the weights of a model that is not prepared until then; they are changed to their form here. */
  sessionMs: number;
}

export interface LoadOptions {
  /** The form of the weights. @default the one for the processor that this runs on */
  form?: WeightForm;
  /** Is told what the model is, before the weights are loaded. */
  onSettings?: (settings: ModelSettings) => void;
  /** Is told how long loading took. */
  onLoaded?: (times: ModelLoadTimes) => void;
  /** Milliseconds on a clock that never goes back. @default performance.now */
  now?: () => number;
}

/**
 * Loads a model.
 *
 * @param folder the model's, prepared or in the Hugging Face layout
 * @param threads of the model; as many as there are vCPUs
 * @throws ModelFolderError when the folder does not hold a model that is supported
 */
export async function loadModel(
  folder: string,
  threads: number,
  {
    form = thisProcessor().weights,
    onSettings = () => {},
    onLoaded = () => {},
    now = () => performance.now(),
  }: LoadOptions = {},
): Promise<LoadedModel> {
  const startedMs = now();
  const { settings, weights } = await openModel(folder, form);
  onSettings(settings);
  const tokenizer = createTokenizer(settings.tokenizer);
  const tokenizerMs = now();
  await loadRuntime();
  const runtimeMs = now();
  const file = await weights;
  const [session, modelDigest] = await Promise.all([createSession(file, threads), file.digest()]);
  onLoaded({
    tokenizerMs: tokenizerMs - startedMs,
    runtimeMs: runtimeMs - tokenizerMs,
    sessionMs: now() - runtimeMs,
  });
  return { ...settings, tokenizer, session, modelDigest, now };
}
