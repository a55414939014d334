import { placeOf } from '../json/text.ts';
import { Claims } from './claims.ts';
import type { Find, Finding } from './finding.ts';
import { isForDetectors, type Leaf, type Passage } from './leaf.ts';
import type { PartRules, Rule } from './rules.ts';
import type { Tokens } from './tokens.ts';

/** No finding goes beyond it: it is in no number, no word and no address. */
const BETWEEN_TEXTS = '\0';

/** Searches passages by detectors and patterns, rule by rule. Detectors read all of them at once, as one text: most records have many short ones. */
export class Search {
  readonly #tokens: Tokens;
  readonly #passages: readonly Passage[];
  readonly #read: readonly Passage[];
  readonly #text: string;
  readonly #finds: boolean;

  constructor({ detectAny }: PartRules, passages: readonly Passage[], tokens: Tokens) {
    this.#tokens = tokens;
    this.#passages = passages;
    this.#read = detectAny === undefined ? [] : passages.filter(({ leaf }) => isForDetectors(leaf));
    let text = '';
    for (const { view } of this.#read) text += view.text + BETWEEN_TEXTS;
    this.#text = text;
    this.#finds = detectAny !== undefined && text !== '' && detectAny(text).length > 0;
  }

  apply(rule: Rule): void {
    const found = new Map<Leaf, Finding[]>();
    if (rule.detect !== undefined && this.#finds) this.#detect(rule.detect, found);
    if (rule.match !== undefined) {
      for (const passage of this.#passages) {
        for (const finding of rule.match(passage.view.text)) add(passage, finding, found);
      }
    }
    for (const [leaf, findings] of found) claimsOf(leaf, this.#tokens).found(rule, findings);
  }

  #detect(detect: Find, found: Map<Leaf, Finding[]>): void {
    const findings = detect(this.#text);
    let [start, next] = [0, 0];
    for (const passage of this.#read) {
      const end = start + passage.view.text.length;
      for (; next < findings.length && findings[next]!.start < end; next++) {
        const { name, ...span } = findings[next]!;
        const part = { name, start: Math.max(span.start, start) - start, end: Math.min(span.end, end) - start };
        if (part.start < part.end) add(passage, part, found);
        if (span.end > end) break; // what goes beyond a text is found in both
      }
      start = end + BETWEEN_TEXTS.length;
    }
  }
}

function add({ leaf, view }: Passage, { name, start, end }: Finding, found: Map<Leaf, Finding[]>): void {
  const finding = { name, start: placeOf(view, start), end: placeOf(view, end) };
  const findings = found.get(leaf);
  if (findings === undefined) found.set(leaf, [finding]);
  else findings.push(finding);
}

export function claimsOf(leaf: Leaf, tokens: Tokens): Claims {
  leaf.claims ??= new Claims(leaf.content.text, tokens);
  return leaf.claims;
}
