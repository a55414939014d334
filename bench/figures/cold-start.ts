import { builtFunction, required } from '../built.ts';
import { overPeers } from '../figure.ts';
import { questions } from '../inputs.ts';
import { measureInterleaved, type Subject } from '../interleave.ts';
import { MB_PER_VCPU, type Measurement } from '../measurement.ts';
import { PEERS } from '../peers.ts';
import { progressLines } from '../progress.ts';
import { type SubjectProgram, startSubject } from '../subject-process.ts';

/** Starts of each process in a round. */
const STARTS = 3;
/** Pause between two starts, in milliseconds: the first process is gone by then. */
const PAUSE_MS = 50;

/** P6: the time from the start of a process until it can be asked: our function's bundle over a script that builds a peer's pipeline. */
export const measureColdStart: Measurement = async ({ root, rounds, threads }) => {
  const bundle = await builtFunction(root);
  const env = { CAPTURE_DISABLED: 'true', AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(threads * MB_PER_VCPU) };
  const programs: SubjectProgram[] = [
    { name: 'ours', file: `${root}/bench/subjects/function-start.mjs`, args: [bundle], env },
  ];
  for (const [folder, name] of Object.entries(PEERS)) {
    await required(root, `bench/peers/${folder}/node_modules`, `npm ci --prefix bench/peers/${folder}`);
    const file = `${root}/bench/peers/${folder}/start.mjs`;
    programs.push({ name, file, args: [`${root}/model`, String(threads)] });
  }
  const progress = progressLines('P6');
  const starts = questions().slice(0, STARTS);
  const measured = await measureInterleaved(programs.map(started), starts, { rounds, pauseMs: PAUSE_MS, progress });
  const meaning = { figure: 'P6', what: 'start of the function', goal: 0.4 };
  return overPeers(meaning, measured.rounds, 'ours', Object.values(PEERS));
};

/** A subject that answers any question by starting a process. */
function started(program: SubjectProgram): Subject {
  return {
    name: program.name,
    async ask() {
      const startedMs = performance.now();
      const subject = await startSubject(program);
      const ms = performance.now() - startedMs;
      await subject[Symbol.asyncDispose]();
      return { ms, answer: subject.runtime };
    },
  };
}
