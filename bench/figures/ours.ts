import { LENGTHS, type Length, questions } from '../inputs.ts';
import { required, type Setting } from '../measurement.ts';
import { type SubjectProcess, startSubject } from '../subject-process.ts';

/** The least tokens of a question with its context, as a part of the length that it should have. It never has more. */
const LEAST_PART = 0.9;

/**
 * Starts our pipeline as a subject, and makes sure that every question is one window of the length that the figures are about.
 *
 * @throws Error
 */
export async function startOurs({ root, threads, note }: Setting): Promise<SubjectProcess> {
  await required(root, 'dist/bench/pipeline.mjs', 'make build');
  const file = `${root}/bench/subjects/ours.ts`;
  const models = [`${root}/dist/function/model`, `${root}/model/onnx/model_quantized.onnx`];
  const ours = await startSubject({ name: 'ours', file, args: [`${root}/dist/bench`, ...models, String(threads)] });
  try {
    for (const length of LENGTHS) {
      const tokens = await tokensOf(ours, length);
      note(`${tokens.length} questions of ${Math.min(...tokens)} to ${Math.max(...tokens)} tokens`);
    }
    return ours;
  } catch (error) {
    await ours[Symbol.asyncDispose]();
    throw error;
  }
}

async function tokensOf(ours: SubjectProcess, length: Length): Promise<number[]> {
  const tokens: number[] = [];
  for (const question of questions(length)) {
    const { answer } = await ours.task('tokens').ask(question);
    if (!(Number(answer) >= length * LEAST_PART && Number(answer) <= length)) {
      const least = Math.ceil(length * LEAST_PART);
      throw new Error(`Expected one window of ${least} to ${length} tokens for ${question.id}, got ${answer}`);
    }
    tokens.push(Number(answer));
  }
  return tokens;
}
