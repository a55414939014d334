/** What the function itself says of a model's folder: it alone knows which models are supported. */
import { loadPipeline } from '../../function/model/load-model.ts';
import { openModelFolder } from '../../function/model/model-folder.ts';

export interface Check {
  /** @throws Error when the function does not support what config and tokenizer describe; the ONNX file need not be there */
  texts(folder: string): Promise<void>;
  /** Loads the folder and asks it something. @throws Error when the function cannot load it */
  whole(folder: string): Promise<{ answer: string; score: number }>;
}

const EXAMPLE = { question: 'Where do I live?', context: 'My name is Wolfgang and I live in Berlin.' };

export const checkByFunction: Check = {
  async texts(folder) {
    await openModelFolder(folder);
  },

  async whole(folder) {
    const pipeline = await loadPipeline(folder, 1);
    const [best] = await pipeline.answer(EXAMPLE.question, EXAMPLE.context);
    return { answer: best!.answer, score: best!.score };
  },
};
