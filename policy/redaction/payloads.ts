import type { InferenceRecord, Payload } from '../../capture/record.ts';
import type { WithheldReason } from '../../capture/stored-line.ts';
import { wholeText } from '../json/text.ts';
import { alignAnswers } from './alignment.ts';
import { type Answer, findAnswers, offsetIn } from './answers.ts';
import { edited, type PayloadEdit } from './edits.ts';
import type { Passage } from './leaf.ts';
import { type Opened, open, redact } from './opened.ts';
import { count } from './payload-edits.ts';
import { readPayload } from './payload-text.ts';
import type { PartRules } from './rules.ts';
import type { Tokens } from './tokens.ts';

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
      input: written(asked, inputEdits),
      output: written(answered, outputEdits),
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
    passages.push({ leaf, view: { ...wholeText(text), shift: offsetIn(start) } });
  }
  return passages;
}

function written({ payload, opened, write, withheld }: Side, edits: readonly PayloadEdit[]): Payload | undefined {
  if (withheld !== undefined) return undefined;
  return edits.length === 0 ? payload : { ...payload, data: write!(edited(opened!.text, edits)) };
}
