import { builtExtension, builtFunction } from '../built.ts';
import { startExtension } from '../extension-process.ts';
import { figureOf } from '../figure.ts';
import { MB_PER_VCPU, type Measurement } from '../measurement.ts';
import { NEW_WORDS, newQuestions } from '../new-words.ts';
import { progressLines } from '../progress.ts';
import { startSubject } from '../subject-process.ts';

const QUESTIONS = 10_000;
/** Questions between two measurements of the memory. */
const STEP = 1000;
/** Questions after which the tokenizer's cache of 25,000 pieces has been full and emptied once: they have 48,000 new words. */
const CACHE_FULL = 4000;

/** RSS: the memory of the function's process with capture, at rest and while it answers questions full of new words. */
export const measureMemory: Measurement = async ({ root, threads, note }) => {
  const bundle = await builtFunction(root);
  const command = await builtExtension(root);
  await using extension = await startExtension({ command });
  const env = { CAPTURE_PORT: String(extension.port), AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(threads * MB_PER_VCPU) };
  const file = `${root}/bench/subjects/function-memory.mjs`;
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
      { figure: 'RSS', what: `after each later thousand, over after ${CACHE_FULL}`, unit: 'ratio', goal: 1.1 },
      rssMb.slice(CACHE_FULL / STEP + 1).map((megabytes) => megabytes / after(CACHE_FULL)),
    ),
  ];
};
