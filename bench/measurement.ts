import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Figure } from './figure.ts';

/** What a measurement needs to know. */
export interface Setting {
  /** The project's folder. */
  root: string;
  rounds: number;
  /** Records that a measurement of throughput sends in all. */
  records: number;
  /** Threads of the model, the same for everybody. */
  threads: number;
  /** What the machine's processors multiply 8-bit numbers with, such as `avx512-vnni`. */
  processor: string;
  /** Says something to the reader on stderr. */
  note: (text: string) => void;
}

/** Measures the figures of one name. It rejects when they cannot be measured. */
export type Measurement = (setting: Setting) => Promise<Figure[]>;

/**
 * How long to wait before a question to a model, in milliseconds. The threads of onnxruntime spin on after a run, waiting for more:
 * for 40 to 50 ms with 1.30 on two cores, during which a run in another session takes twice its time.
 */
export const PAUSE_MS = 80;

/** Memory of a function that brings it one vCPU, and one thread for the model, in MB. */
export const MB_PER_VCPU = 1769;

/**
 * The path of something that must be there.
 *
 * @param madeBy the command that makes it
 * @throws Error
 */
export async function required(root: string, relative: string, madeBy: string): Promise<string> {
  const file = path.join(root, relative);
  await stat(file).catch(() => {
    throw new Error(`Expected ${relative}, which \`${madeBy}\` makes; it is not there`);
  });
  return file;
}
