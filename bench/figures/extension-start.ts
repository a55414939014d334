import { setTimeout as sleep } from 'node:timers/promises';
import { builtExtension } from '../built.ts';
import { type ExtensionProgram, startAnyExtension, startExtension } from '../extension-process.ts';
import { comparison, figureOf } from '../figure.ts';
import { questions } from '../inputs.ts';
import { measureInterleaved, type Subject } from '../interleave.ts';
import type { Measurement } from '../measurement.ts';
import { progressLines } from '../progress.ts';

/** Starts of each process in a round. */
const STARTS = 3;
/** Pause between two starts, in milliseconds: the first process is gone by then. */
const PAUSE_MS = 30;
/** Time after the start, in milliseconds. By then the extension has loaded what it loads later, and is idle. */
const REST_MS = 1500;
/** Processes whose memory at rest is measured. */
const RESTING = 5;

/** P4: the start of the extension over that of the least that an extension in Node can be; and its memory at rest. */
export const measureExtensionStart: Measurement = async (setting) => {
  const { root, rounds } = setting;
  const command = await builtExtension(root);
  const bare = `${root}/bench/subjects/bare-extension.mjs`;
  const subjects = [
    started('ours', { command }),
    started('bare process', { command: process.execPath, args: [bare, '--import'] }),
    started('leanest process', { command: process.execPath, args: [bare] }),
  ];
  const starts = questions().slice(0, STARTS);
  const progress = progressLines('P4');
  const measured = await measureInterleaved(subjects, starts, { rounds, pauseMs: PAUSE_MS, progress });
  return [
    comparison(
      {
        figure: 'P4',
        what: 'start of the extension to its first /next, over a bare process',
        unit: 'ratio',
        goal: 1.5,
      },
      measured.rounds,
      'ours',
      'bare process',
    ),
    comparison(
      { figure: 'P4', what: 'the same over one that does not even import node:http', unit: 'ratio' },
      measured.rounds,
      'ours',
      'leanest process',
    ),
    figureOf({ figure: 'P4', what: 'memory of the extension at rest', unit: 'MB', goal: 60 }, await atRest(command)),
  ];
};

/** A subject that answers any question by starting an extension, until that asks for its first event. */
function started(name: string, program: ExtensionProgram): Subject {
  return {
    name,
    async ask() {
      await using extension = await startAnyExtension(program);
      return { ms: extension.startMs, answer: name };
    },
  };
}

async function atRest(command: string): Promise<number[]> {
  const megabytes: number[] = [];
  for (let i = 0; i < RESTING; i++) {
    await using extension = await startExtension({ command });
    await sleep(REST_MS);
    megabytes.push(await extension.rssMb());
  }
  return megabytes;
}
