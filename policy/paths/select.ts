import type { JsonNode } from '../json/node.ts';
import { indexOfToken, indicesOf, type Path, type Selector, type Step } from './path.ts';

/**
 * The values that a path selects, each once, in the order of the text. A string that is JSON itself counts as the value that it says: `$.body.customer`
 * reaches into `{"body": "{\"customer\": ...}"}`, and `$.body` is the string.
 */
export function select(path: Path, roots: readonly JsonNode[]): JsonNode[] {
  let nodes = [...roots];
  for (const step of path) nodes = selectStep(step, nodes);
  return nodes;
}

function selectStep({ deep, selectors }: Step, nodes: readonly JsonNode[]): JsonNode[] {
  const selected = new Set<JsonNode>();
  for (const node of deep ? withDescendants(nodes) : nodes) {
    for (const selector of selectors) applyTo(node, selector, selected);
  }
  return [...selected];
}

/** The nodes and all in them that have something in them, each once: so a step takes linear time however many steps were before it. */
function withDescendants(nodes: readonly JsonNode[]): JsonNode[] {
  const all: JsonNode[] = [];
  const seen = nodes.length > 1 ? new Set<JsonNode>() : undefined;
  const waiting = nodes.toReversed();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen?.has(node)) continue;
    seen?.add(node);
    all.push(node);
    for (const inside of [node.children, node.nested]) {
      for (let index = inside.length - 1; index >= 0; index--) {
        const { children, nested } = inside[index]!;
        if (children.length > 0 || nested.length > 0) waiting.push(inside[index]!);
      }
    }
  }
  return all;
}

function applyTo(node: JsonNode, selector: Selector, selected: Set<JsonNode>): void {
  apply(selector, node, selected);
  for (const value of node.nested) applyTo(value, selector, selected);
}

function apply(selector: Selector, { kind, children }: JsonNode, selected: Set<JsonNode>): void {
  const add = (node: JsonNode | undefined) => node !== undefined && selected.add(node);
  switch (selector.kind) {
    case 'all':
      children.forEach(add);
      break;
    case 'name':
    case 'token':
      if (kind === 'object') for (const child of children) if (child.name?.content?.text === selector.name) add(child);
      if (kind === 'array' && selector.kind === 'token') add(children[indexOfToken(selector.name) ?? -1]);
      break;
    case 'index':
      if (kind === 'array') add(children.at(selector.index));
      break;
    case 'slice':
      if (kind === 'array') for (const index of indicesOf(selector, children.length)) add(children[index]);
  }
}
