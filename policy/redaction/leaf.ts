import { type JsonNode, writtenAs } from '../json/node.ts';
import { isLongNumber } from '../json/scalar.ts';
import type { JsonDocument } from '../json/scan.ts';
import { type Text, unescapedContent, wholeText } from '../json/text.ts';
import type { Claims } from './claims.ts';

/** A text that is searched: a payload that is no JSON, or a string, name or number of one that is. */
export interface Leaf {
  readonly content: Text;
  /** Absent: it is the whole payload. */
  readonly node: JsonNode | undefined;
  /** What the rules do to it. */
  claims: Claims | undefined;
}

/** A leaf, or a part of it, as it is searched. The places of `view` are those of the leaf's content. */
export interface Passage {
  readonly leaf: Leaf;
  readonly view: Text;
}

/** In a text that is no JSON, escapes are undone as often as in one that is. */
const MAX_UNESCAPED = 8;
const INTEGER = /^-?\d+$/;

export const leavesOf = ({ leaves }: JsonDocument): Leaf[] =>
  leaves.map((node) => ({ content: node.content ?? wholeText(textOfNumber(node)), node, claims: undefined }));

export const leafOf = (text: string): Leaf => ({ content: wholeText(text), node: undefined, claims: undefined });

/** 4111111111111111 also where it is written as 4.111111111111111e15, or with the `.0` of a float. */
function textOfNumber(node: JsonNode): string {
  const written = writtenAs(node);
  if (INTEGER.test(written) || !isLongNumber(node)) return written;
  const value = Number(written);
  return Number.isSafeInteger(value) ? String(value) : written;
}

/** Whether detectors look at it: not at a score or a coordinate, which has many digits by chance. */
export const isForDetectors = ({ node }: Leaf): boolean => node?.kind !== 'number' || isLongNumber(node);

/**
 * How a leaf or a part of it is searched: as it is and, since it may be JSON that was cut or is part of another text, with its escapes undone, again and
 * again: `smith\u0040example.org` is an address.
 */
export function addPassages(leaf: Leaf, part: Text, passages: Passage[]): void {
  let view = part;
  passages.push({ leaf, view });
  for (let times = 0; times < MAX_UNESCAPED && view.text.includes('\\'); times++) {
    const unescaped = unescapedContent(view, 0, view.text.length, true)!;
    if (unescaped.text === view.text) break;
    view = unescaped;
    passages.push({ leaf, view });
  }
}
