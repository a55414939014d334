import { differenceFigure, type Figure, ratioFigure } from '../figure.ts';
import { LENGTHS, questions } from '../inputs.ts';
import { measureInterleaved } from '../interleave.ts';
import { type Measurement, PAUSE_MS } from '../measurement.ts';
import { progressLines } from '../progress.ts';
import { startOurs } from './ours.ts';

const BARE_SESSION = 'bare session.run';
const PIPELINES = ['ours', 'ours, cold word cache'] as const;

/** The most that the pipeline may take: over long texts as a part of the model's time, over short ones in milliseconds. */
const GOAL_RATIO = 1.03;
const GOAL_MS = 0.25;
/**
 * Threads of the model for short texts. What the pipeline adds is the same with any number, and a run of 5 ms on two takes 8 whenever the second thread does
 * not wake up in time: the difference would tell of nothing else.
 */
const SHORT_THREADS = 1;

/** P2: what our pipeline adds to the model itself, in one process. */
export const measureBareSession: Measurement = async (setting) => {
  const { rounds } = setting;
  const [warm, cold] = PIPELINES;
  const figures: Figure[] = [];
  for (const length of LENGTHS) {
    const threads = length === 384 ? setting.threads : SHORT_THREADS;
    await using ours = await startOurs({ ...setting, threads });
    const subjects = [ours.task('answer', warm), ours.task('answer, cold', cold), ours.task('session', BARE_SESSION)];
    const progress = progressLines(`P2, ${length} tokens`);
    const measured = await measureInterleaved(subjects, questions(length), { rounds, pauseMs: PAUSE_MS, progress });
    for (const subject of PIPELINES) {
      const what = `${length} tokens, ${subject}`;
      figures.push(
        length === 384
          ? ratioFigure(
              { figure: 'P2', what: `${what}, over a ${BARE_SESSION} on the same ids`, goal: GOAL_RATIO },
              measured.rounds,
              subject,
              BARE_SESSION,
            )
          : differenceFigure(
              { figure: 'P2', what: `${what}, more than a ${BARE_SESSION} on the same ids`, goal: GOAL_MS },
              measured.rounds,
              subject,
              BARE_SESSION,
            ),
      );
    }
  }
  return figures;
};
