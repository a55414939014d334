import { diffLines } from 'diff';
import type { Position } from './positions.ts';
import type { Shown, Totals } from './trial.ts';

/** Most UTF-16 code units of a line that is shown. */
const MAX_SHOWN = 400;

/** `FILE:3:5: MESSAGE`, as editors and compilers have it. */
export function faultLine(file: string, message: string, position: Position | undefined): string {
  return `${file}:${position === undefined ? '' : `${position.line}:${position.column}:`} ${message}`;
}

/** A table of what became of the records. It has no value of any record. */
export function totalsLines(totals: Totals): string[] {
  const { records, kept, bytes, subjects, failed, microseconds } = totals;
  const row = (name: string, value: string | number) => `${name.padEnd(44)} ${value}`;
  const rows = (name: string, counts: Record<string, number>) =>
    Object.entries(counts).map(([what, times]) => row(`${name} ${what}`, times));
  return [
    row('records', records),
    row('kept', `${kept}${records === 0 ? '' : ` (${((100 * kept) / records).toFixed(1)} %)`}`),
    ...rows('left out', totals.leftOut),
    ...rows('redacted by', totals.redacted),
    ...rows('withheld', totals.withheld),
    ...rows('over the limit:', totals.truncated),
    ...rows('in an object of its own:', totals.apart),
    ...(subjects > 0 ? [row('with a subject', subjects)] : []),
    ...(failed > 0 ? [row('the policy failed on', failed)] : []),
    row('bytes of the lines without the policy', bytes.before),
    row('bytes of the lines with it', bytes.after),
    ...(microseconds === undefined
      ? []
      : [row('microseconds a record', `p50 ${microseconds.p50}, p99 ${microseconds.p99}, most ${microseconds.max}`)]),
  ];
}

/** What the totals alone do not say. */
export function notes({ records, stored, unreadable, firstUnreadable }: Totals): string[] {
  const of = stored === records ? 'The records are' : `${stored} of the records are`;
  const lines: string[] = [];
  if (stored > 0)
    lines.push(`${of} stored lines, which have no headers, source or caller: conditions on these do not fit them.`);
  if (unreadable > 0)
    lines.push(
      `${unreadable} lines are no records. The first is line ${firstUnreadable!.line}: ${firstUnreadable!.message}.`,
    );
  return lines;
}

/** A record before and after as a diff of lines. JSON in a payload is shown as such. */
export function shownLines({ line, before, after, outcome }: Shown): string[] {
  const head = `--- record in line ${line}${outcome === undefined ? '' : `: ${outcome}`}`;
  if (after === undefined) return [head];
  const parts = diffLines(linesOf(before), linesOf(after));
  return [
    head,
    ...parts.flatMap(({ value, added, removed }) =>
      value
        .trimEnd()
        .split('\n')
        .map((text) => `${added ? '+' : removed ? '-' : ' '} ${short(text)}`),
    ),
  ];
}

function linesOf(line: object): string {
  const opened = JSON.stringify(line, (key, value: unknown) => (key === 'data' ? openedData(value) : value), 2);
  return `${opened}\n`;
}

function openedData(data: unknown): unknown {
  if (typeof data !== 'string' || !/^\s*[[{]/.test(data)) return data;
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}

function short(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}
