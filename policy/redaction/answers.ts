import type { JsonNode } from '../json/node.ts';
import type { JsonDocument } from '../json/scan.ts';

/** An answer of question answering in an output, and the context in the input that it is from. */
export interface Answer {
  readonly context: JsonNode;
  readonly answer: JsonNode;
  readonly start: JsonNode;
  readonly end: JsonNode;
  /** `answer` is the context from `start` up to `end`. Else its offsets count something other than UTF-16 code units. */
  readonly isSpan: boolean;
}

/** Lists of lists of answers are the deepest ones. */
const MAX_LISTS = 3;

/**
 * The answers of docs/api.md: `{answer, start, end}`, also in lists. The context is `context` of the input or of its `inputs`. If `inputs` is a list, each of its
 * pairs has its own context, and the element of the output at the same index answers it.
 */
export function findAnswers(input: JsonDocument, output: JsonDocument): Answer[] {
  const [request, response] = [input.roots[0]!, output.roots[0]!];
  const inputs = memberOf(request, 'inputs');
  if (inputs?.kind === 'array') {
    return inputs.children.flatMap((pair, index) =>
      answersIn(contextOf(pair), elementsOf(response)[index], MAX_LISTS - 1),
    );
  }
  return answersIn(contextOf(request) ?? (inputs && contextOf(inputs)), response, MAX_LISTS);
}

const elementsOf = ({ kind, children }: JsonNode): readonly JsonNode[] => (kind === 'array' ? children : []);

function memberOf({ kind, children }: JsonNode, name: string): JsonNode | undefined {
  return kind === 'object' ? children.findLast((child) => child.name?.content?.text === name) : undefined;
}

function contextOf(node: JsonNode): JsonNode | undefined {
  const context = memberOf(node, 'context');
  return context?.kind === 'string' ? context : undefined;
}

function answersIn(context: JsonNode | undefined, node: JsonNode | undefined, lists: number): Answer[] {
  if (context === undefined || node === undefined) return [];
  if (lists > 0 && node.kind === 'array') return node.children.flatMap((child) => answersIn(context, child, lists - 1));
  const [answer, start, end] = [memberOf(node, 'answer'), memberOf(node, 'start'), memberOf(node, 'end')];
  if (answer?.kind !== 'string' || start?.kind !== 'number' || end?.kind !== 'number') return [];
  const [from, to] = [offsetIn(start), offsetIn(end)];
  const isSpan = from >= 0 && from <= to && context.content!.text.slice(from, to) === answer.content!.text;
  return [{ context, answer, start, end, isSpan }];
}

/** @returns NaN if the number is no integer */
export function offsetIn({ source, start, end }: JsonNode): number {
  const value = Number(source.text.slice(start, end));
  return Number.isSafeInteger(value) ? value : Number.NaN;
}
