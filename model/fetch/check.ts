import { loadPipeline } from '../../function/qa/load-pipeline.ts';
import { openModelFolder } from '../../function/qa/model-folder.ts';

/** Checks a model's folder with the function's own code, because only that knows which models are supported. */
export interface ModelCheck {
  /** Reads config and tokenizer. The ONNX file need not be there yet. @throws Error when the function does not support them */
  settings(folder: string): Promise<void>;
  /** Loads the model and asks it a question. @throws Error when the function cannot load it */
  model(folder: string): Promise<{ answer: string; score: number }>;
}

const EXAMPLE = { question: 'Where do I live?', context: 'My name is Wolfgang and I live in Berlin.' };

export const checkByFunction: ModelCheck = {
  async settings(folder) {
    await openModelFolder(folder);
  },

  async model(folder) {
    const pipeline = await loadPipeline(folder, 1);
    const [best] = await pipeline.answer(EXAMPLE.question, EXAMPLE.context);
    return { answer: best!.answer, score: best!.score };
  },
};
