import { builtExtension, builtForBench, builtFunction } from '../built.ts';
import { type ExtensionProcess, startExtension } from '../extension-process.ts';
import { comparison, type Figure, figureOf } from '../figure.ts';
import { questions } from '../inputs.ts';
import { measureInterleaved } from '../interleave.ts';
import { MB_PER_VCPU, type Measurement, type Setting } from '../measurement.ts';
import { progressLines } from '../progress.ts';
import { median, quantile } from '../statistics.ts';
import { startSubject } from '../subject-process.ts';

/** How often a round asks each question. Many times, because the effect is a hundredth of the whole. */
const PASSES = 4;
/** Pause before each question, in milliseconds: both processes come to rest. With one thread for the model, none spins on. */
const HANDLER_PAUSE_MS = 20;

/** P3: how much time capture costs the caller. The extension is a real process, which writes each record to its spool. */
export const measureCapture: Measurement = async (setting) => {
  const command = await builtExtension(setting.root);
  await using extension = await startExtension({ command });
  const handler = await handlerFigure(setting, extension);
  const backToBack = await sendFigure(setting, extension, BACK_TO_BACK);
  const fromRest = await sendFigure(setting, extension, FROM_REST);

  // A record that is refused costs less than one that is kept.
  const { received, dropped } = await extension.stats();
  const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  if (received === 0 || lost > 0) {
    throw new Error(`Expected the extension to keep every record, got ${received} received and ${lost} dropped`);
  }
  setting.note(`P3: the extension kept all ${received} records`);
  return [handler, backToBack, fromRest];
};

async function handlerFigure({ root, rounds }: Setting, { port }: ExtensionProcess): Promise<Figure> {
  const bundle = await builtFunction(root);
  const file = `${root}/bench/subjects/handler.ts`;
  // The size that template.yaml deploys.
  const common = { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MB_PER_VCPU) };
  await using processes = new AsyncDisposableStack();
  const subjects = [];
  for (const [name, env] of [
    ['with capture', { CAPTURE_PORT: String(port) }],
    ['without capture', { CAPTURE_DISABLED: 'true' }],
  ] as const) {
    const subject = await startSubject({ name, file, args: [bundle], env: { ...common, ...env } });
    subjects.push(processes.use(subject).task('answer'));
  }
  const progress = progressLines('P3, handler');
  const asked = Array.from({ length: PASSES }, () => questions()).flat();
  const measured = await measureInterleaved(subjects, asked, { rounds, pauseMs: HANDLER_PAUSE_MS, progress });
  return comparison(
    { figure: 'P3', what: 'the handler with capture over the handler without', unit: 'ratio', goal: 1.01 },
    measured.rounds,
    'with capture',
    'without capture',
  );
}

interface Sends {
  what: string;
  /** Records of one round. */
  count: number;
  pauseMs: number;
  goal?: number;
}

/** Both processes are awake: the time is that of the code. */
const BACK_TO_BACK: Sends = { what: 'p99 of capture.send, back to back', count: 500, pauseMs: 0, goal: 1 };
/** Both processes have come to rest, as on Lambda, and must wake up first: the machine adds its time. */
const FROM_REST: Sends = { what: 'p99 of capture.send, from rest', count: 200, pauseMs: 10 };

async function sendFigure(
  { root, rounds }: Setting,
  { port }: ExtensionProcess,
  { what, count, pauseMs, goal }: Sends,
): Promise<Figure> {
  const bundle = await builtForBench(root, 'capture-client');
  const file = `${root}/bench/subjects/send.ts`;
  await using sender = await startSubject({ name: 'capture client', file, args: [bundle, String(port)] });
  const asked = questions();
  const sends = Array.from({ length: count }, (_, i) => asked[i % asked.length]!);
  const progress = progressLines(`P3, ${what}`);
  const measured = await measureInterleaved([sender.task('send')], sends, { rounds, pauseMs, progress });
  const times = measured.rounds.map((round) => round['capture client']!);
  const p99 = figureOf(
    { figure: 'P3', what, unit: 'ms', goal },
    times.map((round) => quantile(round, 0.99)),
  );
  return { ...p99, p50Ms: { 'capture.send': median(times.map(median)) } };
}
