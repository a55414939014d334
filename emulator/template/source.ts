import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { StartError } from '../start-error.ts';
import { INTRINSIC_TAGS, type Path } from './intrinsics.ts';

/** A template as it is written. */
export interface Source {
  /** With the short forms of intrinsic functions as their long forms. */
  value: unknown;
  has(path: Path): boolean;
  /** `file:line:column` of the key or the item; where it is not there, of the last step of the path that is. */
  at(path: Path): string;
}

/**
 * Reads YAML, which JSON is too.
 *
 * @param file its name, for the messages
 * @throws {StartError} with the line and the column of malformed YAML, of a repeated key, or of an unknown tag
 */
export function readSource(text: string, file: string): Source {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    customTags: INTRINSIC_TAGS,
    lineCounter: counter,
    logLevel: 'error',
    prettyErrors: false,
  });
  const place = (offset: number) => {
    const { line, col } = counter.linePos(offset);
    return `${file}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const broken = document.errors[0] ?? document.warnings[0];
  if (broken) throw unreadable(place(broken.pos[0]), broken);
  return {
    value: plainValue(document, file),
    has: (path) => find(document, path).found,
    at: (path) => place(find(document, path).offset),
  };
}

function plainValue(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw unreadable(file, error as Error); // an unknown alias, or one that expands to too much
  }
}

function unreadable(place: string, { message }: Error): StartError {
  const [why = message] = message.split('; please use'); // the rest of the message is for programmers
  return new StartError(`${place}: no template that the emulator can read: ${why}`);
}

function find(document: Document.Parsed, path: Path): { found: boolean; offset: number } {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    const [key, value] = child(node, step);
    if (key === undefined) return { found: false, offset };
    offset = rangeOf(key) ?? rangeOf(value) ?? offset;
    node = value;
  }
  return { found: true, offset };
}

/** A value in a map or a list, and the node whose position is its place. */
function child(node: unknown, step: string | number): [key?: unknown, value?: unknown] {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step));
    return pair ? [pair.key, pair.value] : [];
  }
  const item = isSeq(node) ? node.items[Number(step)] : undefined;
  return item === undefined ? [] : [item, item];
}

function rangeOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
