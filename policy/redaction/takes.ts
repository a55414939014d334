import { canonicalJson } from '../json/canonical.ts';
import { type JsonNode, writtenAs } from '../json/node.ts';
import { escapedAt, placeOf } from '../json/text.ts';
import { afterPoints, masked, type PayloadEdit } from './edits.ts';
import type { Rule } from './rules.ts';
import type { Tokens } from './tokens.ts';

/** Values that rules take as a whole, by their paths. Of two rules that select one value the first takes it; a value takes those in it with it. */
export class Takes {
  readonly #tokens: Tokens;
  readonly #edits: PayloadEdit[] = [];
  readonly #dropped = new Map<JsonNode, Rule>();

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  take(rule: Rule, node: JsonNode): void {
    if (rule.action === 'drop') {
      if (!this.#dropped.has(node)) this.#dropped.set(node, rule);
      return;
    }
    const text = this.#inPlaceOf(node, rule);
    if (text === undefined) return;
    const written = escapedAt(node.source.level, JSON.stringify(text));
    this.#edits.push({ ...placeOfNode(node), text: written, rules: [rule.name] });
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

  /** In no order; some may lie in others. */
  edits(): PayloadEdit[] {
    const parents = new Set<JsonNode>();
    for (const [node, { name }] of this.#dropped) {
      if (node.parent?.kind === 'object') parents.add(node.parent);
      else this.#edits.push({ ...placeOfNode(node), text: 'null', rules: [name] });
    }
    for (const { children } of parents) this.#withoutMembers(children);
    return this.#edits;
  }

  /** Members go with their commas. */
  #withoutMembers(members: readonly JsonNode[]): void {
    const lastKept = members.findLastIndex((member) => !this.#dropped.has(member));
    for (const [index, member] of members.entries()) {
      const rule = this.#dropped.get(member);
      if (rule === undefined) continue;
      const next = members[index + 1];
      const isAfterLastKept = index === lastKept + 1 && lastKept >= 0;
      const start = isAfterLastKept ? members[lastKept]!.end : beginningOf(member);
      const end = next === undefined ? member.end : beginningOf(next);
      const { source } = member;
      this.#edits.push({ start: placeOf(source, start), end: placeOf(source, end), text: '', rules: [rule.name] });
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
