import { isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Fault } from '../policy-error.ts';

/** A place in a text, both from 1. */
export interface Position {
  line: number;
  column: number;
}

/**
 * Finds the places that paths lead to in a document, JSON or YAML (JSON is YAML). Where there is nothing at a path, it is the place of what is
 * around it. Undefined for the document as a whole.
 */
export function createPositions(text: string): (path: Fault['path']) => Position | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, logLevel: 'silent' });
  return (path) => {
    const offset = path.length === 0 ? undefined : offsetOf(document.contents, path);
    if (offset === undefined) return undefined;
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
}

function offsetOf(root: unknown, path: Fault['path']): number | undefined {
  let node = root;
  let offset: number | undefined;
  for (const key of path) {
    const found = childOf(node, key);
    if (found === undefined) break;
    node = found.value;
    offset = startOf(found.key) ?? startOf(found.value) ?? offset;
  }
  return offset;
}

function childOf(node: unknown, key: string | number): { key?: unknown; value: unknown } | undefined {
  if (isSeq(node)) return typeof key === 'number' && key in node.items ? { value: node.items[key] } : undefined;
  if (!isMap(node)) return undefined;
  const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key));
  return pair && { key: pair.key, value: pair.value };
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}
