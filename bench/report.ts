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
  /** The instructions with which its processor multiplies 8-bit numbers: `avx512-vnni`, `avx-vnni` or `avx2`; elsewhere the architecture. */
  kind: string;
  cores: number;
  /** The load average of the minute before. Above 0.5, other programs disturbed the measurement. */
  loadBefore: number;
  node: string;
  /** The version of onnxruntime-node that our pipeline runs on. */
  onnxruntime: string;
}

const FORMATS: Record<Figure['unit'], (value: number) => string> = {
  ratio: (value) => value.toFixed(3),
  ms: (value) => `${value.toFixed(2)} ms`,
  µs: (value) => `${value.toFixed(1)} µs`,
  MB: (value) => `${value.toFixed(1)} MB`,
  'records/s': (value) => `${Math.round(value)} records/s`,
};

const HEADINGS = ['figure', 'what', 'goal', 'min', 'median', 'max', 'met', 'p50, ms'];

/** The figures as a Markdown table with aligned columns. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ figure, what, unit, goal, min, median, max, met, p50Ms }) => {
    const format = FORMATS[unit];
    const times = Object.values(p50Ms ?? {}).map((ms) => ms.toFixed(ms < 10 ? 2 : 1));
    const limit =
      goal === undefined ? '' : `${unit === 'records/s' ? '>=' : '<='} ${goal}${unit === 'ratio' ? '' : ` ${unit}`}`;
    return [
      figure,
      what,
      limit,
      format(min),
      format(median),
      format(max),
      met === undefined ? '' : met ? 'yes' : 'no',
      times.join(' / '),
    ];
  });
  const widths = HEADINGS.map((heading, i) => Math.max(heading.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(HEADINGS), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** One line about the machine on which the figures were measured. */
export function machineLine({ cpu, kind, cores, loadBefore, node, onnxruntime }: Machine): string {
  return `${cpu} (${kind}), ${cores} cores, load ${loadBefore.toFixed(1)} before; node ${node}, onnxruntime-node ${onnxruntime}`;
}
