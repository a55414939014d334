import type { Figure } from './figure.ts';

/** How to measure. */
export interface Setting {
  /** The project's folder. */
  root: string;
  rounds: number;
  /** Records that P7 sends in all. */
  records: number;
  /** Threads of the model in each process. */
  threads: number;
  /** The processor's kind, as in `Machine`. */
  processor: string;
  /** Writes a line to stderr. */
  note: (text: string) => void;
}

/** Measures the figures of one name. Rejects when they cannot be measured. */
export type Measurement = (setting: Setting) => Promise<Figure[]>;

/**
 * Pause before each question to a model, in milliseconds. After a run, the threads of onnxruntime spin while they wait for the next one:
 * for 40 to 50 ms with version 1.30 on two cores. A run in another process takes twice its time meanwhile.
 */
export const PAUSE_MS = 80;

/** The memory size, in MB, at which a function has one vCPU, and so one thread for the model. */
export const MB_PER_VCPU = 1769;
