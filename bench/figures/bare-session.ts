import { comparison, type Figure } from '../figure.ts';
import { LENGTHS, type Length, questions } from '../inputs.ts';
import { measureInterleaved } from '../interleave.ts';
import { type Measurement, PAUSE_MS } from '../measurement.ts';
import { startPipeline } from '../pipeline-subject.ts';
import { progressLines } from '../progress.ts';

const BARE_SESSION = 'bare session.run';
const PIPELINES = ['ours', 'ours, cold word cache'] as const;

/** The most that the pipeline may add: for long texts as a ratio to the model's time, for short texts in milliseconds. */
const GOAL_RATIO = 1.03;
const GOAL_MS = 0.25;
/**
 * Threads of the model for short texts. The pipeline adds the same time with any number of threads. With two, a run of 5 ms takes 8 ms
 * whenever the second thread wakes up late, and that would be all that the difference shows.
 */
const SHORT_THREADS = 1;

/** P2: how much time our pipeline adds to that of the model, in one process. */
export const measureBareSession: Measurement = async (setting) => {
  const { rounds } = setting;
  const [warm, cold] = PIPELINES;
  const figures: Figure[] = [];
  for (const length of LENGTHS) {
    const threads = length === 384 ? setting.threads : SHORT_THREADS;
    await using ours = await startPipeline({ ...setting, threads });
    const subjects = [ours.task('answer', warm), ours.task('answer, cold', cold), ours.task('session', BARE_SESSION)];
    const progress = progressLines(`P2, ${length} tokens`);
    const measured = await measureInterleaved(subjects, questions(length), { rounds, pauseMs: PAUSE_MS, progress });
    for (const subject of PIPELINES) {
      const description = { figure: 'P2', ...withGoal(length, `${length} tokens, ${subject}`) };
      figures.push(comparison(description, measured.rounds, subject, BARE_SESSION));
    }
  }
  return figures;
};

function withGoal(length: Length, what: string) {
  const reference = `a ${BARE_SESSION} on the same ids`;
  return length === 384
    ? ({ what: `${what}, over ${reference}`, unit: 'ratio', goal: GOAL_RATIO } as const)
    : ({ what: `${what}, more than ${reference}`, unit: 'ms', goal: GOAL_MS } as const);
}
