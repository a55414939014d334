import type { Span } from './tokens.ts';

/** A change of a text: `text` stands where the text was from `start` up to `end`. */
export interface Edit extends Span {
  text: string;
  /** The rule that it counts for. */
  rule?: string | undefined;
}

/** A change of the text of a payload. */
export interface PayloadEdit extends Span {
  text: string;
  /** The rules that it counts for. */
  rules: readonly string[];
}

/** A text with its edits, which are in order and without overlaps. */
export function edited(text: string, edits: readonly Edit[]): string {
  let [result, from] = ['', 0];
  for (const edit of edits) {
    result += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return result + text.slice(from);
}

/** A `*` for each code point. */
export const masked = (text: string, { start, end }: Span): string => text.slice(start, end).replace(/./gsu, '*');

/** The end of the first code points of a span. */
export function afterPoints(text: string, start: number, end: number, points: number): number {
  let at = start;
  for (let left = points; left > 0 && at < end; left--) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  return Math.min(at, end);
}

/** The most code points of a text, by a rule. */
export interface Limit {
  rule: string;
  length: number;
}

/**
 * Edits that also cut the text: what is edited has so many code points at most, and the rest of a token that the limit would cut in two.
 *
 * @param tokens that the text had before
 */
export function cut(text: string, edits: readonly Edit[], tokens: readonly Span[], { rule, length }: Limit): Edit[] {
  const kept: Edit[] = [];
  let [left, from] = [length, 0];
  const rest = (start: number): Edit[] =>
    start < text.length ? [...kept, { start, end: text.length, text: '', rule }] : kept;
  for (const edit of [...edits, { start: text.length, end: text.length, text: '' }]) {
    const end = afterPoints(text, from, edit.start, left);
    if (end < edit.start) return rest(tokens.find((token) => token.start < end && token.end > end)?.end ?? end);
    left -= points(text, from, end);
    if (left === 0 && edit.text !== '') return rest(edit.start);
    const room = afterPoints(edit.text, 0, edit.text.length, left);
    const isToken = edit.text.startsWith('[');
    kept.push(room < edit.text.length && !isToken ? { ...edit, text: edit.text.slice(0, room) } : edit);
    left = Math.max(0, left - points(edit.text, 0, edit.text.length));
    from = edit.end;
  }
  return kept.slice(0, -1);
}

function points(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; count++) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  return count;
}
