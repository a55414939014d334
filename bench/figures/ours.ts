import { required, type Setting } from '../measurement.ts';
import { type SubjectProcess, startSubject } from '../subject-process.ts';

/** Tokens of a question with its context: near the 384 of a whole window, and never more, so that all subjects do the same. */
const TOKENS = { least: 360, most: 384 };

/**
 * Starts our pipeline as a subject, and makes sure that every question is one window of the length that the figures are about.
 *
 * @throws Error
 */
export async function startOurs({ root, questions, threads, note }: Setting): Promise<SubjectProcess> {
  const bundle = await required(root, 'dist/bench/pipeline.mjs', 'make build');
  const file = `${root}/bench/subjects/ours.ts`;
  const ours = await startSubject({ name: 'ours', file, args: [bundle, `${root}/model`, String(threads)] });
  try {
    const tokens: number[] = [];
    for (const question of questions) {
      const { answer } = await ours.task('tokens').ask(question);
      const length = Number(answer);
      if (!(length >= TOKENS.least && length <= TOKENS.most)) {
        throw new Error(
          `Expected one window of ${TOKENS.least} to ${TOKENS.most} tokens for ${question.id}, got ${answer}`,
        );
      }
      tokens.push(length);
    }
    note(`${questions.length} questions of ${Math.min(...tokens)} to ${Math.max(...tokens)} tokens`);
    return ours;
  } catch (error) {
    await ours[Symbol.asyncDispose]();
    throw error;
  }
}
