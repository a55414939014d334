import type { InferenceRecord, Payload } from '../../capture/record.ts';
import type { WithheldReason } from '../../capture/stored-line.ts';
import { wholeText } from '../json/text.ts';
import { alignAnswers } from './alignment.ts';
import { type Answer, findAnswers, offsetIn } from './answers.ts';
import { edited, type PayloadEdit } from './edits.ts';
import { addPassages, leafOf, type Passage } from './leaf.ts';
import { type Opened, open, redact } from './opened.ts';
import { count } from './payload-edits.ts';
import { readPayload } from './payload-text.ts';
import type { PartRules } from './rules.ts';
import type { Tokens } from './tokens.ts';

/** A content type that says nothing else than the type and the character set. */
const PLAIN_TYPE = /^[a-z]+\/[a-z.+-]+(?:; ?charset="?[a-z0-9-]{1,12}"?)?$/i;

interface Parts {
  input: PartRules;
  output: PartRules;
  keepBinary: boolean;
  tokens: Tokens;
}

interface RedactedPayloads {
  input?: Payload | undefined;
  output?: Payload | undefined;
  withheld?: { input?: WithheldReason; output?: WithheldReason } | undefined;
}

/** A payload before it is redacted. */
interface Side {
  payload: Payload;
  rules: PartRules;
  /** Absent: it is not searched, as no rule is for it or it is no text that can be. */
  opened?: Opened | undefined;
  write?: ((text: string) => string) | undefined;
  withheld?: WithheldReason | undefined;
}

/** Redacts both sides of a record. */
export class Payloads {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @param counts gets how often each rule struck */
  redact({ input, output }: InferenceRecord, counts: Map<string, number>): RedactedPayloads {
    const { input: inputRules, output: outputRules } = this.#parts;
    const asked = this.#side(input, inputRules, false);
    let answered = this.#side(output, outputRules, asked.opened?.document !== undefined);
    const answers = answersOf(asked.opened, answered.opened);
    const inputEdits = this.#edits(asked, counts, passagesOf(answers, asked.opened));
    const aligned = alignAnswers(answers, inputEdits);
    if (aligned.length > 0) {
      const data = answered.write!(edited(answered.opened!.text, aligned));
      answered = this.#side({ ...output, data }, outputRules, false);
    }
    const outputEdits = outputRules.rules.length === 0 ? [] : this.#edits(answered, counts);
    const withheld = (asked.withheld || answered.withheld) && {
      ...(asked.withheld && { input: asked.withheld }),
      ...(answered.withheld && { output: answered.withheld }),
    };
    return {
      input: this.#typed(written(asked, inputEdits), inputRules, counts),
      output: this.#typed(written(answered, outputEdits), outputRules, counts),
      withheld: withheld || undefined,
    };
  }

  /** @param isNeeded it is read even if no rule is for it */
  #side(payload: Payload, rules: PartRules, isNeeded: boolean): Side {
    const isSearched = rules.rules.length > 0;
    if (!isSearched && !isNeeded) return { payload, rules };
    const read = readPayload(payload);
    const opened = read && open(read.text, read.isJson, rules);
    if (opened !== undefined) return { payload, rules, opened, write: read!.write };
    if (!isSearched || (read === undefined && this.#parts.keepBinary)) return { payload, rules };
    return { payload, rules, withheld: read === undefined ? 'BINARY' : 'UNREADABLE' };
  }

  /** Callers may write anything into a content type. */
  #typed(payload: Payload | undefined, rules: PartRules, counts: Map<string, number>): Payload | undefined {
    if (payload === undefined || rules.rules.length === 0 || PLAIN_TYPE.test(payload.contentType)) return payload;
    const { contentType } = payload;
    const opened = { text: contentType, document: undefined, leaves: [leafOf(contentType)] };
    const edits = this.#edits({ payload, rules, opened }, counts);
    return edits.length === 0 ? payload : { ...payload, contentType: edited(contentType, edits) };
  }

  #edits({ opened, rules }: Side, counts: Map<string, number>, also: readonly Passage[] = []): PayloadEdit[] {
    if (opened === undefined) return [];
    const edits = redact(opened, rules, this.#parts.tokens, also);
    count(edits, counts);
    return edits;
  }
}

function answersOf(asked: Opened | undefined, answered: Opened | undefined): Answer[] {
  return asked?.document && answered?.document ? findAnswers(asked.document, answered.document) : [];
}

/** What is found in an answer by itself is hidden in the context, too: there, its surroundings may have hidden it from the rules. */
function passagesOf(answers: readonly Answer[], opened: Opened | undefined): Passage[] {
  if (answers.length === 0) return [];
  const leaves = new Map(opened!.leaves.map((leaf) => [leaf.node, leaf]));
  const passages: Passage[] = [];
  for (const { context, answer, start, isSpan } of answers) {
    const [leaf, { text }] = [leaves.get(context), answer.content!];
    if (!isSpan || leaf === undefined || text === '' || text === leaf.content.text) continue;
    addPassages(leaf, { ...wholeText(text), shift: offsetIn(start) }, passages);
  }
  return passages;
}

function written({ payload, opened, write, withheld }: Side, edits: readonly PayloadEdit[]): Payload | undefined {
  if (withheld !== undefined) return undefined;
  return edits.length === 0 ? payload : { ...payload, data: write!(edited(opened!.text, edits)) };
}
