import { builtForBench } from './built.ts';
import { LENGTHS, type Length, questions } from './inputs.ts';
import type { Setting } from './measurement.ts';
import { type SubjectProcess, startSubject } from './subject-process.ts';

/** The least length of a question with its context, as a share of the length that it should have. It is never longer than that. */
const LEAST_SHARE = 0.9;

/**
 * Starts our pipeline as a subject, and checks that every question is one window of the intended length.
 *
 * @throws {Error} where one is not, or the pipeline does not start
 */
export async function startPipeline({ root, threads, note }: Setting): Promise<SubjectProcess> {
  await builtForBench(root, 'pipeline');
  const file = `${root}/bench/subjects/pipeline.ts`;
  const models = [`${root}/dist/function/model`, `${root}/model/onnx/model_quantized.onnx`];
  const subject = await startSubject({ name: 'ours', file, args: [`${root}/dist/bench`, ...models, String(threads)] });
  try {
    for (const length of LENGTHS) {
      const tokens = await tokensOf(subject, length);
      note(`${tokens.length} questions of ${Math.min(...tokens)} to ${Math.max(...tokens)} tokens`);
    }
    return subject;
  } catch (error) {
    await subject[Symbol.asyncDispose]();
    throw error;
  }
}

/** The length of each question with its context, in tokens. */
async function tokensOf(subject: SubjectProcess, length: Length): Promise<number[]> {
  const least = Math.ceil(length * LEAST_SHARE);
  const tokens: number[] = [];
  for (const question of questions(length)) {
    const { answer } = await subject.task('tokens').ask(question);
    if (!(Number(answer) >= least && Number(answer) <= length)) {
      throw new Error(`Expected one window of ${least} to ${length} tokens for ${question.id}, got ${answer}`);
    }
    tokens.push(Number(answer));
  }
  return tokens;
}
