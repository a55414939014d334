import type { JsonNode } from './node.ts';
import { endOfScalar, isLongNumber, kindOfScalar } from './scalar.ts';
import { plainContent, type Text, unescapedContent, wholeText } from './text.ts';

/** Strings that are JSON are read in each other to this depth. */
const MAX_NESTED = 8;
/** Objects and arrays in each other, those in strings included. */
const MAX_DEPTH = 512;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const NONE: readonly JsonNode[] = [];
const LOOKS_LIKE_JSON = /^[\s\uFEFF]*[{["]/;

export const looksLikeJson = (text: string): boolean => LOOKS_LIKE_JSON.test(text);

/** What is in a text that is JSON. */
export interface JsonDocument {
  /** Its values; several only in JSON Lines. */
  readonly roots: readonly JsonNode[];
  /** What can be searched: names, strings that are no JSON themselves, and numbers. */
  readonly leaves: readonly JsonNode[];
}

/** Of JSON that is nested more deeply than it is read. */
export const TOO_DEEP = Symbol('too deep');

/**
 * Reads a JSON text into nodes. It takes everything that `JSON.parse` takes, and also what Python writes (`NaN`, control characters in strings), JSON Lines
 * of objects or arrays, and numbers such as `+49-151`.
 *
 * @param everyNumber numbers that are short, too, are leaves, and have nodes in arrays
 * @returns undefined if the text is no JSON
 */
export function scanJson(text: string, everyNumber: boolean): JsonDocument | typeof TOO_DEEP | undefined {
  const found: Found = { leaves: [], everyNumber, isTooDeep: false };
  const roots = new Reader(wholeText(text), found, 0, 0).values();
  return found.isTooDeep ? TOO_DEEP : roots && { roots, leaves: found.leaves };
}

/** What all readers of a payload find. */
interface Found {
  readonly leaves: JsonNode[];
  readonly everyNumber: boolean;
  isTooDeep: boolean;
}

/** Reads one text: the payload, or the content of a string in it. It is a loop with a stack of its own, so no depth overflows the stack. */
class Reader {
  #at = 0;
  #depth: number;
  #parent: Container | undefined;
  #name: JsonNode | undefined;
  #backslash = -1;
  readonly #stack: Container[] = [];
  readonly #roots: JsonNode[] = [];
  readonly #source: Text;
  readonly #text: string;
  readonly #found: Found;
  readonly #nested: number;

  constructor(source: Text, found: Found, nested: number, depth: number) {
    this.#source = source;
    this.#text = source.text;
    this.#found = found;
    this.#nested = nested;
    this.#depth = depth;
  }

  /** @returns undefined, and finds no leaves, if the text is no JSON */
  values(): readonly JsonNode[] | undefined {
    const before = this.#found.leaves.length;
    while (this.#value()) {
      const state = this.#afterValue();
      if (state === 'end') return this.#roots;
      if (state === 'wrong') break;
    }
    this.#found.leaves.length = before;
    return undefined;
  }

  /** Reads a value up to its end; of an object or array, up to its first value. */
  #value(): boolean {
    for (;;) {
      const first = this.#next();
      if (first === QUOTE) return this.#add(this.#string('string'));
      if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) return this.#add(this.#scalar());
      const container = this.#container(first === OPEN_OBJECT ? 'object' : 'array');
      if (!this.#add(container)) return false;
      this.#stack.push(container);
      this.#parent = container;
      this.#at++;
      if (++this.#depth > MAX_DEPTH) this.#found.isTooDeep = true;
      if (this.#found.isTooDeep) return false;
      const next = this.#next();
      if (next === (first === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_ARRAY)) return true;
      if (first === OPEN_OBJECT && !this.#readName()) return false;
    }
  }

  #afterValue(): 'value' | 'end' | 'wrong' {
    for (;;) {
      const next = this.#next();
      const parent = this.#parent;
      if (parent === undefined) {
        if (this.#at >= this.#text.length) return 'end';
        return this.#roots.at(-1)?.kind === 'object' || this.#roots.at(-1)?.kind === 'array' ? 'value' : 'wrong';
      }
      if (next === COMMA) {
        this.#at++;
        return parent.kind === 'array' || this.#readName() ? 'value' : 'wrong';
      }
      if (next !== (parent.kind === 'object' ? CLOSE_OBJECT : CLOSE_ARRAY)) return 'wrong';
      parent.end = ++this.#at;
      this.#depth--;
      this.#stack.pop();
      this.#parent = this.#stack.at(-1);
    }
  }

  #add(node: JsonNode | undefined): boolean {
    if (node === undefined) return false;
    this.#name = undefined;
    const parent = this.#parent;
    const isPlain = node.kind === 'number' && !this.#found.everyNumber && !isLongNumber(node);
    if (isPlain && parent?.kind === 'array') return true;
    (parent?.children ?? this.#roots).push(node);
    const isLeaf = node.kind === 'number' ? !isPlain : node.kind === 'string' && node.nested === NONE;
    if (isLeaf) this.#found.leaves.push(node);
    return true;
  }

  #container(kind: 'object' | 'array'): Container {
    const [start, children]: [number, JsonNode[]] = [this.#at, []];
    const [source, parent, name] = [this.#source, this.#parent, this.#name];
    return { kind, parent, name, source, start, end: start, content: undefined, children, nested: NONE };
  }

  /** Reads `"name":`. */
  #readName(): boolean {
    if (this.#next() !== QUOTE) return false;
    const name = this.#string('name');
    if (name === undefined || this.#next() !== COLON) return false;
    this.#at++;
    this.#name = name;
    this.#found.leaves.push(name);
    return true;
  }

  #string(kind: 'string' | 'name'): JsonNode | undefined {
    const [source, parent, name, start] = [this.#source, this.#parent, this.#name, this.#at];
    const end = this.#endOfString(start + 1);
    if (end < 0) return undefined;
    this.#at = end + 1;
    const isEscaped = this.#backslash > start && this.#backslash < end;
    const content = isEscaped ? unescapedContent(source, start + 1, end) : plainContent(source, start + 1, end);
    if (content === undefined) return undefined;
    const nested = kind === 'string' && looksLikeJson(content.text) ? this.#readNested(content) : NONE;
    return { kind, parent, name, source, start, end: end + 1, content, children: NONE, nested };
  }

  #readNested(content: Text): readonly JsonNode[] {
    const roots = new Reader(content, this.#found, this.#nested + 1, this.#depth).values();
    if (roots !== undefined && this.#nested >= MAX_NESTED) this.#found.isTooDeep = true;
    return roots ?? NONE;
  }

  /** @returns the place of the quotation mark that ends a string; -1 if none does */
  #endOfString(from: number): number {
    const text = this.#text;
    const end = text.indexOf('"', from);
    if (this.#backslash < from) this.#backslash = indexOrEnd(text, '\\', from);
    if (end < this.#backslash) return end;
    for (let at = this.#backslash; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit === QUOTE) return at;
      if (unit === BACKSLASH) at++;
    }
    return -1;
  }

  #scalar(): JsonNode | undefined {
    const [source, parent, name, start] = [this.#source, this.#parent, this.#name, this.#at];
    const end = endOfScalar(this.#text, start);
    const kind = kindOfScalar(this.#text, start, end);
    if (kind === undefined) return undefined;
    this.#at = end;
    return { kind, parent, name, source, start, end, content: undefined, children: NONE, nested: NONE };
  }

  /** The next character that is no white space. */
  #next(): number {
    const text = this.#text;
    for (;;) {
      const unit = text.charCodeAt(this.#at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09 && unit !== 0xfeff) return unit;
      this.#at++;
    }
  }
}

type Container = JsonNode & { children: JsonNode[] };

function indexOrEnd(text: string, what: string, from: number): number {
  const index = text.indexOf(what, from);
  return index < 0 ? text.length : index;
}
