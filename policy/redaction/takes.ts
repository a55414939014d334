import { canonicalJson } from '../json/canonical.ts';
import { type JsonNode, writtenAs } from '../json/node.ts';
import { escapedAt, placeOf } from '../json/text.ts';
import { afterPoints, masked, type PayloadEdit } from './edits.ts';
import type { Rule } from './rules.ts';
import type { Span, Tokens } from './tokens.ts';

/** A value that a rule takes, and its place in the payload. */
interface Taken extends Span {
  node: JsonNode;
  rule: Rule;
}

/** Values that rules take as a whole, by their paths. Of two rules that select one value the first takes it; a value takes those in it with it. */
export class Takes {
  readonly #tokens: Tokens;
  readonly #taken: Taken[] = [];
  readonly #dropped = new Map<JsonNode, Rule>();

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  take(rule: Rule, node: JsonNode): void {
    if (rule.action !== 'drop') this.#taken.push({ ...placeOfNode(node), node, rule });
    else if (!this.#dropped.has(node)) this.#dropped.set(node, rule);
  }

  /** In no order. What is dropped may have others in it. */
  edits(): PayloadEdit[] {
    const edits: PayloadEdit[] = [];
    let until = 0;
    this.#taken.sort((one, other) => one.start - other.start || other.end - one.end);
    for (const { node, rule, start, end } of this.#taken) {
      if (start < until) continue;
      const text = this.#inPlaceOf(node, rule);
      if (text === undefined) continue;
      edits.push({ start, end, text: escapedAt(node.source.level, JSON.stringify(text)), rules: [rule.name] });
      until = end;
    }
    this.#drop(edits);
    return edits;
  }

  #inPlaceOf(node: JsonNode, rule: Rule): string | undefined {
    const text = node.content?.text ?? writtenAs(node);
    if (rule.action === 'mask') return masked(text, { start: 0, end: text.length });
    // A part of it would be no value, and nobody would have searched it.
    if (rule.action === 'truncate') return isLonger(text, rule.length ?? 0) ? `[${rule.name}]` : undefined;
    if (node.content !== undefined && this.#tokens.isToken(text, rule.name)) return undefined;
    const isContainer = node.kind === 'object' || node.kind === 'array';
    return this.#tokens.token(rule, rule.name, isContainer && rule.action === 'hash' ? canonicalJson(text) : text);
  }

  #drop(edits: PayloadEdit[]): void {
    const parents = new Set<JsonNode>();
    for (const [node, { name }] of this.#dropped) {
      if (node.parent?.kind === 'object') parents.add(node.parent);
      else edits.push({ ...placeOfNode(node), text: 'null', rules: [name] });
    }
    for (const { children } of parents) this.#dropMembers(children, edits);
  }

  /** Members go with their commas. */
  #dropMembers(members: readonly JsonNode[], edits: PayloadEdit[]): void {
    const lastKept = members.findLastIndex((member) => !this.#dropped.has(member));
    for (const [index, member] of members.entries()) {
      const rule = this.#dropped.get(member);
      if (rule === undefined) continue;
      const next = members[index + 1];
      const isAfterLastKept = index === lastKept + 1 && lastKept >= 0;
      const start = isAfterLastKept ? members[lastKept]!.end : beginningOf(member);
      const end = next === undefined ? member.end : beginningOf(next);
      const { source } = member;
      edits.push({ start: placeOf(source, start), end: placeOf(source, end), text: '', rules: [rule.name] });
    }
  }
}

const beginningOf = ({ name, start }: JsonNode): number => name?.start ?? start;

const placeOfNode = ({ source, start, end }: JsonNode) => ({
  start: placeOf(source, start),
  end: placeOf(source, end),
});

/** @param points code points */
const isLonger = (text: string, points: number): boolean => afterPoints(text, 0, text.length, points) < text.length;
