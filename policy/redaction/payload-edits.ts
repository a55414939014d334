import { escapedAt, placeOf } from '../json/text.ts';
import { edited, type PayloadEdit } from './edits.ts';
import type { Leaf } from './leaf.ts';
import { suffixes } from './names.ts';
import type { Takes } from './takes.ts';

/** What becomes of a payload's text, in order and without overlaps: changes within a value that is taken whole are left out. */
export function payloadEdits(leaves: readonly Leaf[], takes: Takes): PayloadEdit[] {
  const all = [...takes.edits(), ...leaves.flatMap(leafEdits), ...suffixEdits(leaves)];
  all.sort((one, other) => one.start - other.start || other.end - one.end);
  let until = 0;
  return all.filter(({ start, end }) => {
    if (start < until) return false;
    until = end;
    return true;
  });
}

function leafEdits({ content, node, claims }: Leaf): PayloadEdit[] {
  if (claims === undefined) return [];
  const edits = claims.edits();
  const rulesOf = (rule: string | undefined) => (rule === undefined ? [] : [rule]);
  if (node?.kind !== 'number' || edits.length === 0) {
    return edits.map(({ start, end, text, rule }) => ({
      start: placeOf(content, start),
      end: placeOf(content, end),
      text,
      rules: rulesOf(rule),
    }));
  }
  // What is left of a number is a string.
  const { source, start, end } = node;
  const text = escapedAt(source.level, JSON.stringify(edited(content.text, edits)));
  const rules = edits.flatMap(({ rule }) => rulesOf(rule));
  return [{ start: placeOf(source, start), end: placeOf(source, end), text, rules }];
}

const suffixEdits = (leaves: readonly Leaf[]): PayloadEdit[] =>
  Array.from(suffixes(leaves), ([{ content }, text]) => {
    const end = placeOf(content, content.text.length);
    return { start: end, end, text, rules: [] };
  });

export function count(edits: readonly PayloadEdit[], redacted: Map<string, number>): void {
  for (const { rules } of edits) for (const rule of rules) redacted.set(rule, (redacted.get(rule) ?? 0) + 1);
}
