import { requireOutputs } from '../../model/session.ts';
import { parseRequest } from '../../request-schema.ts';
import { answerInputs } from '../answer-inputs.ts';
import type { LoadedTask, Task } from '../task.ts';
import { createPipeline, type QaPipeline } from './pipeline.ts';
import { QaRequest } from './request.ts';

/** Extractive question answering: the answer to a question is a piece of the context. */
export const questionAnswering: Task<QaRequest> = {
  name: 'question-answering',
  schema: QaRequest,
  example: '{"question": "...", "context": "..."}',
  parse: (json) => parseRequest(QaRequest, json),
  async load(model) {
    requireOutputs(model.session, 'start_logits', 'end_logits');
    const pipeline = createPipeline(model);
    await pipeline.answer('Is it ready?', 'It is ready.');
    return withPipeline(pipeline);
  },
};

/** Question answering by a pipeline. An answer is one Answer, or a list of them, best first, where `top_k` is above 1. */
export function withPipeline(pipeline: QaPipeline): LoadedTask<QaRequest> {
  return {
    task: questionAnswering,
    modelDigest: pipeline.modelDigest,
    run: (request, limits) =>
      answerInputs(
        request,
        async ({ question, context }, parameters, remainingMs) => {
          const answers = await pipeline.answer(question, context, parameters, remainingMs);
          return (parameters.topK ?? 1) > 1 ? answers : answers[0]!;
        },
        limits,
      ),
  };
}
