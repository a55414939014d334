import type { JsonNode } from '../json/node.ts';
import { placeOf, type Text, unescapedContent, wholeText } from '../json/text.ts';
import { type Edit, edited, type PayloadEdit } from './edits.ts';
import type { Span } from './tokens.ts';

/** What has become of a string of the payload, and of the spans in it. Offsets are UTF-16 code units. */
export interface RedactedContext {
  isChanged: boolean;
  /** The same span after redaction: of a value that was hidden in part, it has all that stands in its place. */
  spanOf(span: Span): Span;
  textOf(span: Span): string;
  /** Whether anything in the span was hidden. */
  isTouched(span: Span): boolean;
}

/** @param edits of the payload, in order and without overlaps */
export function redactedContext(node: JsonNode, edits: readonly PayloadEdit[]): RedactedContext {
  const own = editsOf(node, edits);
  const redacted = edited(node.content!.text, own);
  const spanOf = ({ start, end }: Span): Span => {
    const from = moved(start, own, 'start');
    return { start: from, end: start === end ? from : moved(end, own, 'end') };
  };
  return {
    isChanged: own.length > 0,
    spanOf,
    textOf(span) {
      const { start, end } = spanOf(span);
      return redacted.slice(start, end);
    },
    isTouched: (span) => (own[firstAfter(own, span.start)]?.start ?? Number.POSITIVE_INFINITY) < span.end,
  };
}

/** The index of the first edit that ends after an offset. */
function firstAfter(edits: readonly Edit[], offset: number): number {
  let [low, high] = [0, edits.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edits[middle]!.end <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** An offset within something that was hidden moves to the beginning of what stands there, or to its end. */
function moved(offset: number, edits: readonly Edit[], to: 'start' | 'end'): number {
  let added = 0;
  for (const { start, end, text } of edits) {
    if (start >= offset) break;
    if (end > offset) return start + added + (to === 'end' ? text.length : 0);
    added += text.length - (end - start);
  }
  return offset + added;
}

/** The edits of a payload as edits of a string in it. */
function editsOf(node: JsonNode, edits: readonly PayloadEdit[]): Edit[] {
  const content = node.content!;
  const [first, last] = [placeOf(content, 0), placeOf(content, content.text.length)];
  const own: Edit[] = [];
  for (const { start, end, text } of edits) {
    if (end < first || start > last || (start === end && (start < first || end > last))) continue;
    if (start < first)
      return [{ start: 0, end: content.text.length, text: isOf(node, start, end) ? said(node, text) : '' }];
    own.push({ start: indexOf(content, start), end: indexOf(content, end), text: unescaped(text, content.level) });
  }
  return own;
}

const isOf = ({ source, start, end }: JsonNode, from: number, to: number): boolean =>
  placeOf(source, start) === from && placeOf(source, end) === to;

/** What a string that stands in the place of another one says. */
function said({ source }: JsonNode, written: string): string {
  const value: unknown = JSON.parse(unescaped(written, source.level));
  return typeof value === 'string' ? value : '';
}

function unescaped(text: string, times: number): string {
  let result = text;
  for (let time = 0; time < times; time++) result = unescapedContent(wholeText(result), 0, result.length)!.text;
  return result;
}

/** The index whose place in the payload it is. */
function indexOf({ offsets, shift, text }: Text, place: number): number {
  if (offsets === undefined) return place - shift;
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (offsets[middle]! < place) low = middle + 1;
    else high = middle;
  }
  return low;
}
