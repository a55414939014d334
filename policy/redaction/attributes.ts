import type { InferenceRecord } from '../../capture/record.ts';
import { MAX_ID_LENGTH } from '../../capture/wire.ts';
import { edited } from './edits.ts';
import { open, redact } from './opened.ts';
import { count } from './payload-edits.ts';
import type { PartRules } from './rules.ts';
import type { Tokens } from './tokens.ts';

type Redactable = Pick<InferenceRecord, 'inferenceId' | 'errorCode' | 'customAttributes'>;

/** Stands for an attribute that is JSON and nested too deeply to be searched. */
const UNREADABLE = '[unreadable]';

/** The ids and attributes that callers choose. */
export class Attributes {
  readonly #rules: PartRules;
  readonly #joinable: PartRules;
  readonly #tokens: Tokens;

  /** @param joinable the rules for ids that something is joined by */
  constructor(rules: PartRules, joinable: PartRules, tokens: Tokens) {
    this.#rules = rules;
    this.#joinable = joinable;
    this.#tokens = tokens;
  }

  /** @returns those that are there */
  redact({ inferenceId, errorCode, customAttributes }: Redactable, counts: Map<string, number>): Redactable {
    if (this.#rules.rules.length === 0) return {};
    return {
      ...(inferenceId !== undefined && { inferenceId: this.#id(inferenceId, counts) }),
      ...(errorCode !== undefined && { errorCode: this.#text(errorCode, this.#rules, counts) || undefined }),
      ...(customAttributes && {
        customAttributes: customAttributes.map((text) => this.#text(text, this.#rules, counts)),
      }),
    };
  }

  /** An id that would become too long is redacted whole. */
  #id(id: string, counts: Map<string, number>): string {
    const redacted = this.#text(id, this.#joinable, counts);
    if (redacted.length <= MAX_ID_LENGTH) return redacted;
    return this.#tokens.token({ action: 'hash' }, this.#joinable.rules[0]!.name, id);
  }

  #text(text: string, rules: PartRules, counts: Map<string, number>): string {
    const opened = open(text, false, rules);
    if (opened === undefined) return UNREADABLE;
    const edits = redact(opened, rules, this.#tokens);
    count(edits, counts);
    return edits.length === 0 ? text : edited(text, edits);
  }
}
