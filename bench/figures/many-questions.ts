import { builtFunction } from '../built.ts';
import { comparison, type Figure } from '../figure.ts';
import { questionsAboutOneText } from '../inputs.ts';
import { measureInterleaved, type Subject } from '../interleave.ts';
import { MB_PER_VCPU, type Measurement, PAUSE_MS } from '../measurement.ts';
import { progressLines } from '../progress.ts';
import { startSubject } from '../subject-process.ts';

const WORDS = 2000;
/** Questions of a request. Many questions get fewer rounds: they take long, and their time varies less. */
const SIZES = [
  { count: 1, shareOfRounds: 1, warmUpRounds: 2 },
  { count: 8, shareOfRounds: 1 / 3, warmUpRounds: 1 },
  { count: 64, shareOfRounds: 1 / 5, warmUpRounds: 0 },
];

/** MANY: many questions about one text in one request, over as many requests of one question each. The text is tokenised once. */
export const measureManyQuestions: Measurement = async ({ root, rounds, threads, note }) => {
  const bundle = await builtFunction(root);
  const file = `${root}/bench/subjects/handler.ts`;
  const env = { CAPTURE_DISABLED: 'true', AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(threads * MB_PER_VCPU) };
  await using process = await startSubject({ name: 'the function', file, args: [bundle], env });
  const together = process.task('answer lines', 'one request');
  const single = oneByOne(process.task('answer, after another text', 'single calls'));

  const figures: Figure[] = [];
  for (const { count, shareOfRounds, warmUpRounds } of SIZES) {
    const { questions, context } = questionsAboutOneText(count, WORDS);
    const what = `${count} ${count === 1 ? 'question' : 'questions'} about ${WORDS} words`;
    const { rounds: measured, answers } = await measureInterleaved(
      [together, single],
      [{ id: `${count}`, question: questions.join('\n'), context }],
      {
        rounds: Math.ceil(rounds * shareOfRounds),
        warmUpRounds,
        pauseMs: PAUSE_MS,
        progress: progressLines(`MANY, ${what}`),
      },
    );
    if (answers[together.name]![0] !== answers[single.name]![0]) {
      throw new Error('Expected the same answers from one request as from single calls, got other ones');
    }
    note(`MANY: ${what}: the answers are the same`);
    const meaning = { figure: 'MANY', what: `${what} in one request over single calls`, unit: 'ratio' } as const;
    figures.push(comparison(meaning, measured, together.name, single.name));
  }
  return figures;
};

/** Asks the lines of a question one after the other. Its time is the sum of theirs. */
function oneByOne(subject: Subject): Subject {
  return {
    name: subject.name,
    async ask({ id, question, context }) {
      let ms = 0;
      const answers: string[] = [];
      for (const line of question.split('\n')) {
        const reply = await subject.ask({ id, question: line, context });
        ms += reply.ms;
        answers.push(reply.answer);
      }
      return { ms, answer: answers.join('\n') };
    },
  };
}
