import { ratioFigure } from '../figure.ts';
import { measureInterleaved } from '../interleave.ts';
import { type Measurement, PAUSE_MS } from '../measurement.ts';
import { progressLines } from '../progress.ts';
import { startOurs } from './ours.ts';

/** P2: what our pipeline adds to the model itself, in one process. */
export const measureBareSession: Measurement = async (setting) => {
  const { questions, rounds } = setting;
  await using ours = await startOurs(setting);
  const subjects = [ours.task('answer', 'pipeline'), ours.task('session', 'bare session')];
  const progress = progressLines('P2');
  const measured = await measureInterleaved(subjects, questions, { rounds, pauseMs: PAUSE_MS, progress });
  return [
    ratioFigure(
      { figure: 'P2', what: 'our pipeline over a bare session.run on the same ids', goal: 1.03 },
      measured.rounds,
      'pipeline',
      'bare session',
    ),
  ];
};
