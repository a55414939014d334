import { parseJson } from '../../capture/json.ts';
import { indexOfToken, indicesOf, type Path, readPath, type Selector } from './path.ts';

/** Most values that a path finds. */
const MAX_VALUES = 1000;

/**
 * What finds the values at a path in parsed JSON, in their order and {@link MAX_VALUES} at most. A string that is JSON itself counts as the value
 * that it says where the path leads into it, as in the redaction.
 *
 * @throws PathError if the path is none, or has a filter
 */
export function compilePath(text: string): (json: unknown) => unknown[] {
  const path = readPath(text);
  return (json) => valuesAt(path, json);
}

function valuesAt(path: Path, json: unknown): unknown[] {
  let values = [json];
  for (const { deep, selectors } of path) {
    const from = deep ? withDescendants(values) : values;
    const next: unknown[] = [];
    for (const value of from) {
      const container = containerOf(value);
      if (container === undefined) continue;
      for (const selector of selectors) select(selector, container, next);
      if (next.length > MAX_VALUES) break;
    }
    values = next.slice(0, MAX_VALUES);
    if (values.length === 0) break;
  }
  return values;
}

type Container = unknown[] | Record<string, unknown>;

/** Most values that a step looks at, however many the payload has. */
const MAX_VISITED = 100_000;

function withDescendants(values: readonly unknown[]): unknown[] {
  const seen: unknown[] = [];
  const waiting = values.toReversed();
  while (waiting.length > 0 && seen.length < MAX_VISITED) {
    const value = waiting.pop();
    seen.push(value);
    const container = containerOf(value);
    if (container !== undefined) for (const child of Object.values(container).reverse()) waiting.push(child);
  }
  return seen;
}

function containerOf(value: unknown): Container | undefined {
  if (typeof value === 'string') return /^\s*[[{]/.test(value) ? containerOf(parseJson(value)) : undefined;
  return typeof value === 'object' && value !== null ? (value as Container) : undefined;
}

function select(selector: Selector, container: Container, found: unknown[]): void {
  if (selector.kind === 'all') {
    for (const value of Object.values(container)) found.push(value);
  } else if (Array.isArray(container)) {
    if (selector.kind === 'slice') for (const at of indicesOf(selector, container.length)) found.push(container[at]);
    const index = indexOf(selector);
    if (index !== undefined && index < container.length && index >= -container.length) found.push(container.at(index));
  } else if ((selector.kind === 'name' || selector.kind === 'token') && Object.hasOwn(container, selector.name)) {
    found.push(container[selector.name]);
  }
}

function indexOf(selector: Selector): number | undefined {
  if (selector.kind === 'index') return selector.index;
  return selector.kind === 'token' ? indexOfToken(selector.name) : undefined;
}
