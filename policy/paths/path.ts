import parse from 'jsonpath-rfc9535/parser';

/** What one step of a path selects of a value. `token`: of a JSON pointer, the name of a member or the index of an element. */
export type Selector =
  | { kind: 'name' | 'token'; name: string }
  | { kind: 'index'; index: number }
  | { kind: 'slice'; start: number | null; end: number | null; step: number }
  | { kind: 'all' };

export interface Step {
  /** Of the value itself and of everything in it. */
  deep: boolean;
  selectors: readonly Selector[];
}

/** A JSONPath or JSON pointer, read. */
export type Path = readonly Step[];

/** The path is none, or has something that a policy may not use. */
export class PathError extends Error {
  override name = 'PathError';
}

/**
 * Reads a JSONPath (RFC 9535, which begins with `$`) or a JSON pointer (RFC 6901, which begins with `/`).
 *
 * @throws PathError if it is neither. Filters (`[?...]`) are refused: their functions `match` and `search` take more than linear time.
 */
export function readPath(text: string): Path {
  return text.startsWith('/') ? readPointer(text) : readJsonPath(text);
}

function readPointer(text: string): Path {
  if (/~(?![01])/.test(text)) throw new PathError(`Expected "~0" or "~1" after a "~" in the JSON pointer "${text}"`);
  const tokens = text.slice(1).split('/');
  return tokens.map((token) => ({
    deep: false,
    selectors: [{ kind: 'token', name: token.replaceAll('~1', '/').replaceAll('~0', '~') }],
  }));
}

type Segment = ReturnType<typeof parse>['segments'][number];

function readJsonPath(text: string): Path {
  let segments: Segment[];
  try {
    ({ segments } = parse(text));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PathError(`Expected a JSONPath of RFC 9535, got "${text}": ${reason}`);
  }
  return segments.map(({ type, node }) => ({
    deep: type === 'DescendantSegment',
    selectors: ('selectors' in node ? node.selectors : [node]).map((selector) => readSelector(selector, text)),
  }));
}

type Bracketed = Extract<Segment['node'], { selectors: unknown }>;
type ParsedSelector = Bracketed['selectors'][number] | Exclude<Segment['node'], Bracketed>;

function readSelector(selector: ParsedSelector, text: string): Selector {
  switch (selector.type) {
    case 'MemberNameShorthand':
    case 'NameSelector':
      return { kind: 'name', name: selector.value };
    case 'IndexSelector':
      requireExact(selector.value, text);
      return { kind: 'index', index: selector.value };
    case 'SliceSelector':
      for (const bound of [selector.start, selector.end, selector.step]) requireExact(bound ?? 0, text);
      return { kind: 'slice', start: selector.start, end: selector.end, step: selector.step ?? 1 };
    case 'WildcardSelector':
      return { kind: 'all' };
    default:
      throw new PathError(`Expected a JSONPath without filters, got "${text}": name a member, an index or "*" instead`);
  }
}

/** RFC 9535, section 2.1: the parser does not look. */
function requireExact(integer: number, text: string): void {
  if (!Number.isSafeInteger(integer)) throw new PathError(`Expected integers up to 2^53 - 1 in the JSONPath "${text}"`);
}

/** The index that a token of a JSON pointer is, in a list. Undefined where it is none: RFC 6901, section 4. */
export function indexOfToken(token: string): number | undefined {
  return /^(?:0|[1-9]\d{0,15})$/.test(token) ? Number(token) : undefined;
}

/** The indices that a slice selects of a list: RFC 9535, section 2.3.4.2. */
export function* indicesOf({ start, end, step }: Selector & { kind: 'slice' }, length: number): Generator<number> {
  const within = (index: number, least: number, most: number) =>
    Math.min(Math.max(index < 0 ? length + index : index, least), most);
  if (step > 0) {
    const upper = within(end ?? length, 0, length);
    for (let index = within(start ?? 0, 0, length); index < upper; index += step) yield index;
  } else if (step < 0) {
    const lower = end === null ? -1 : within(end, -1, length - 1);
    for (let index = start === null ? length - 1 : within(start, -1, length - 1); index > lower; index += step)
      yield index;
  }
}
