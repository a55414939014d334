import type { Figure } from './figure.ts';

/** A figure that could not be measured, and why. */
export interface Failure {
  figure: string;
  error: string;
}

/** What a file of bench/results/ holds. */
export interface Report {
  /** ISO 8601, UTC. */
  date: string;
  machine: Machine;
  figures: Figure[];
  failures: Failure[];
}

export interface Machine {
  cpu: string;
  /** What its processors multiply 8-bit numbers with: `avx512-vnni`, `avx-vnni`, `avx2`, or else the architecture. */
  kind: string;
  cores: number;
  /** Processes that wanted to run in the minute before, on average: above 0.5, somebody else was at work. */
  loadBefore: number;
  node: string;
  /** The version of onnxruntime-node that our pipeline runs on. */
  onnxruntime: string;
}

const SHOWN: Record<Figure['unit'], (value: number) => string> = {
  ratio: (value) => value.toFixed(3),
  ms: (value) => `${value.toFixed(2)} ms`,
  MB: (value) => `${value.toFixed(1)} MB`,
  'records/s': (value) => `${Math.round(value)} records/s`,
};

const HEADINGS = ['figure', 'what', 'goal', 'min', 'median', 'max', 'met', 'p50, ms'];

/** The figures as a table in Markdown, columns aligned. The goal is for the median. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ figure, what, unit, goal, min, median, max, met, p50Ms }) => {
    const shown = (value: number) => SHOWN[unit](value);
    const times = Object.values(p50Ms ?? {}).map((ms) => ms.toFixed(ms < 10 ? 2 : 1));
    const limit =
      goal === undefined ? '' : `${unit === 'records/s' ? '>=' : '<='} ${goal}${unit === 'ratio' ? '' : ` ${unit}`}`;
    return [
      figure,
      what,
      limit,
      shown(min),
      shown(median),
      shown(max),
      met === undefined ? '' : met ? 'yes' : 'no',
      times.join(' / '),
    ];
  });
  const widths = HEADINGS.map((heading, i) => Math.max(heading.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(HEADINGS), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** One line about the machine that the figures are from. */
export function machineLine({ cpu, kind, cores, loadBefore, node, onnxruntime }: Machine): string {
  return `${cpu} (${kind}), ${cores} cores, load ${loadBefore.toFixed(1)} before; node ${node}, onnxruntime-node ${onnxruntime}`;
}
