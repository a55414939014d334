import type { JsonNode } from '../json/node.ts';
import { type JsonDocument, looksLikeJson, scanJson, TOO_DEEP } from '../json/scan.ts';
import { wholeText } from '../json/text.ts';
import { select } from '../paths/select.ts';
import type { PayloadEdit } from './edits.ts';
import { addPassages, type Leaf, leafOf, leavesOf, type Passage } from './leaf.ts';
import { payloadEdits } from './payload-edits.ts';
import type { PartRules } from './rules.ts';
import { claimsOf, Search } from './search.ts';
import { Takes } from './takes.ts';
import type { Tokens } from './tokens.ts';

/** A text that was read, and is to be redacted. */
export interface Opened {
  readonly text: string;
  /** Absent: it is no JSON. */
  readonly document: JsonDocument | undefined;
  readonly leaves: readonly Leaf[];
}

/** In arrays, too. */
const LOOKS_LIKE_OBJECT = /^[\s\uFEFF[]*\{/;

/**
 * Reads a text by what the rules need of it. A text that does not say that it is JSON is JSON nevertheless if it reads as an object, an array or a string.
 *
 * @returns undefined if rules could not be applied: it is JSON that is nested too deeply, or there are rules with paths and it is no JSON, although it says that it is or
 * begins like an object, as JSON does that was cut
 */
export function open(text: string, isJson: boolean, { hasPaths, hasPatterns }: PartRules): Opened | undefined {
  const document = isJson || looksLikeJson(text) ? scanJson(text, hasPaths || hasPatterns) : undefined;
  if (document === TOO_DEEP) return undefined;
  if (document === undefined && hasPaths && (isJson || LOOKS_LIKE_OBJECT.test(text))) return undefined;
  return { text, document, leaves: document === undefined ? [leafOf(text)] : leavesOf(document) };
}

/** @param also passages that are searched besides the text's leaves */
export function redact(
  opened: Opened,
  partRules: PartRules,
  tokens: Tokens,
  also: readonly Passage[] = [],
): PayloadEdit[] {
  const { document, leaves } = opened;
  const passages: Passage[] = [];
  for (const leaf of leaves) addPassages(leaf, wholeText(leaf.content.text), passages);
  for (const passage of also) passages.push(passage);
  const search = new Search(partRules, passages, tokens);
  const takes = new Takes(tokens);
  let leafByNode: Map<JsonNode | undefined, Leaf> | undefined;
  for (const rule of partRules.rules) {
    if (rule.path === undefined) {
      search.apply(rule);
      continue;
    }
    if (document === undefined) continue;
    const inParts = rule.action === 'mask' || rule.action === 'truncate';
    for (const node of select(rule.path, document.roots)) {
      if (inParts) leafByNode ??= new Map(leaves.map((leaf) => [leaf.node, leaf]));
      const leaf = inParts ? leafByNode?.get(node) : undefined;
      if (leaf === undefined) takes.take(rule, node);
      else claimsOf(leaf, tokens).selected(rule);
    }
  }
  return payloadEdits(leaves, takes);
}
