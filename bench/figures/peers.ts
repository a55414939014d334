import { required } from '../built.ts';
import { type Figure, overPeers } from '../figure.ts';
import { LENGTHS, type Length, questions } from '../inputs.ts';
import { measureInterleaved, type Subject } from '../interleave.ts';
import { type Measurement, PAUSE_MS, type Setting } from '../measurement.ts';
import { PEERS } from '../peers.ts';
import { startPipeline } from '../pipeline-subject.ts';
import { progressLines } from '../progress.ts';
import { startSubject } from '../subject-process.ts';

/**
 * The highest ratio of our p50 to that of the faster peer. Long texts cost the peers more, because their search is quadratic. With VNNI
 * the model takes less time, which all have in common.
 */
const GOALS: Record<'vnni' | 'other', Record<Length, number>> = {
  vnni: { 384: 0.38, 128: 0.68 },
  other: { 384: 0.45, 128: 0.8 },
};
const OURS = 'ours';
const OURS_COLD = 'ours, cold word cache';

/** P1: our pipeline over those of other libraries, with the same model file and as many threads. */
export const measurePeers: Measurement = async (setting) => {
  const { root, threads, note } = setting;
  await using processes = new AsyncDisposableStack();
  const ours = processes.use(await startPipeline(setting));
  const subjects = [ours.task('answer', OURS), ours.task('answer, cold', OURS_COLD)];
  for (const [folder, name] of Object.entries(PEERS)) {
    await required(root, `bench/peers/${folder}/node_modules`, `npm ci --prefix bench/peers/${folder}`);
    const file = `${root}/bench/peers/${folder}/peer.mjs`;
    const peer = processes.use(await startSubject({ name, file, args: [`${root}/model`, String(threads)] }));
    subjects.push(peer.task('answer'));
    note(`P1: ${name} runs on ${peer.runtime}`);
  }
  const figures: Figure[] = [];
  for (const length of LENGTHS) figures.push(...(await overLength(subjects, length, setting)));
  return figures;
};

async function overLength(subjects: readonly Subject[], length: Length, setting: Setting): Promise<Figure[]> {
  const { rounds, processor, note } = setting;
  const goal = GOALS[processor.endsWith('vnni') ? 'vnni' : 'other'][length];
  const progress = progressLines(`P1, ${length} tokens`);
  const measured = await measureInterleaved(subjects, questions(length), { rounds, pauseMs: PAUSE_MS, progress });
  const peers = Object.values(PEERS);
  const answers = measured.answers[OURS]!;
  for (const name of peers) {
    const same = answers.filter((answer, index) => letters(answer) === letters(measured.answers[name]![index]!));
    note(`P1: ${same.length} of ${answers.length} answers are the same as those of ${name}`);
  }
  return [OURS, OURS_COLD].flatMap((subject) => {
    const meaning = { figure: 'P1', what: `${length} tokens, ${subject},`, goal };
    return overPeers(meaning, measured.rounds, subject, peers);
  });
}

/** The peers decode tokens and do not quote the context: case and spaces are lost. */
function letters(answer: string): string {
  return answer.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
