import { startExtension } from '../extension-process.ts';
import { figureOf } from '../figure.ts';
import { MB_PER_VCPU, type Measurement, required } from '../measurement.ts';
import { NEW_WORDS, newQuestions } from '../new-words.ts';
import { progressLines } from '../progress.ts';
import { startSubject } from '../subject-process.ts';

const QUESTIONS = 10_000;
/** Memory is looked at each time so many have been asked. */
const STEP = 1000;
/** By then, 48,000 words: the tokenizer has remembered all that it may, 25,000 pieces, and begun anew. */
const FULL = 4000;

/** RSS: the memory of the function's process, with capture, at rest and while it answers questions full of new words. */
export const measureMemory: Measurement = async ({ root, threads, note }) => {
  const bundle = await required(root, 'dist/function/index.mjs', 'make build');
  const executable = await required(root, 'dist/extension/extensions/inference-capture', 'make build');
  await using extension = await startExtension({ command: executable });
  const env = { CAPTURE_PORT: String(extension.port), AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(threads * MB_PER_VCPU) };
  const file = `${root}/bench/subjects/memory.mjs`;
  await using subject = await startSubject({ name: 'the function', file, args: [bundle], env });

  const { ask } = subject.task('answer');
  const progress = progressLines('RSS');
  const rssMb = [await subject.rssMb()];
  let asked = 0;
  for (const question of newQuestions().take(QUESTIONS)) {
    await ask(question);
    if (++asked % STEP === 0) rssMb.push(await subject.rssMb());
    progress(asked, QUESTIONS);
  }
  const shown = rssMb.map((megabytes) => megabytes.toFixed(0)).join(', ');
  note(`RSS: at rest and after each ${STEP} questions of ${NEW_WORDS} new words: ${shown} MB`);

  const after = (questions: number) => rssMb[questions / STEP]!;
  const single = (what: string, questions: number) =>
    figureOf({ figure: 'RSS', what: `the function ${what}`, unit: 'MB' }, [after(questions)]);
  return [
    single('at rest', 0),
    single(`after ${STEP} questions of new words`, STEP),
    single(`after ${QUESTIONS}`, QUESTIONS),
    figureOf(
      { figure: 'RSS', what: `after each later thousand, over after ${FULL}`, unit: 'ratio', goal: 1.1 },
      rssMb.slice(FULL / STEP + 1).map((megabytes) => megabytes / after(FULL)),
    ),
  ];
};
