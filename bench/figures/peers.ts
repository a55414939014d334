import { ratioFigure } from '../figure.ts';
import { measureInterleaved } from '../interleave.ts';
import { type Measurement, PAUSE_MS, required } from '../measurement.ts';
import { PEERS } from '../peers.ts';
import { progressLines } from '../progress.ts';
import { startSubject } from '../subject-process.ts';
import { startOurs } from './ours.ts';

/** P1: our pipeline against those that others wrote, on the same model file and with as many threads. */
export const measurePeers: Measurement = async (setting) => {
  const { root, questions, rounds, threads, note } = setting;
  await using processes = new AsyncDisposableStack();
  const ours = processes.use(await startOurs(setting));
  const subjects = [ours.task('answer', 'ours')];
  for (const [folder, name] of Object.entries(PEERS)) {
    await required(root, `bench/peers/${folder}/node_modules`, `npm ci --prefix bench/peers/${folder}`);
    const file = `${root}/bench/peers/${folder}/peer.mjs`;
    const peer = processes.use(await startSubject({ name, file, args: [`${root}/model`, String(threads)] }));
    subjects.push(peer.task('answer'));
    note(`P1: ${name} runs on ${peer.runtime}`);
  }

  const progress = progressLines('P1');
  const measured = await measureInterleaved(subjects, questions, { rounds, pauseMs: PAUSE_MS, progress });
  return Object.values(PEERS).map((name) => {
    const same = measured.answers['ours']!.filter(
      (answer, index) => letters(answer) === letters(measured.answers[name]![index]!),
    );
    note(`P1: ${same.length} of ${questions.length} answers are the same as those of ${name}`);
    return ratioFigure(
      { figure: 'P1', what: `our pipeline over that of ${name}`, goal: 0.5 },
      measured.rounds,
      'ours',
      name,
    );
  });
};

/** The peers decode tokens instead of quoting the context: their case and spaces are lost. */
function letters(answer: string): string {
  return answer.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
