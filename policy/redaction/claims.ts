import { afterPoints, cut, type Edit, type Limit, masked } from './edits.ts';
import type { Finding } from './finding.ts';
import type { Rule } from './rules.ts';
import type { Span, Tokens } from './tokens.ts';

/** What the rules do to one text. They come in the order of the document, and each takes what no earlier one has taken. */
export class Claims {
  readonly #text: string;
  readonly #tokens: Tokens;
  readonly #edits: Edit[] = [];
  /** Parts that are decided, in order, without overlaps. */
  #taken: Span[];
  #limit: Limit | undefined;

  constructor(text: string, tokens: Tokens) {
    this.#text = text;
    this.#tokens = tokens;
    this.#taken = tokens.spans(text);
  }

  /** In order, without overlaps. */
  edits(): readonly Edit[] {
    const edits = this.#edits.sort(byStart);
    return this.#limit === undefined ? edits : cut(this.#text, edits, this.#tokens.spans(this.#text), this.#limit);
  }

  /**
   * Values that a rule found. Of a value that is taken in part, nothing of the rest stays visible: it gets the rule's token, or it is masked or dropped whole.
   */
  found(rule: Rule, findings: readonly Finding[]): void {
    const decided: Span[] = [];
    const free = new FreeParts(this.#taken);
    let from = 0;
    for (const { name, ...span } of findings.toSorted(byStart)) {
      const parts = free.of(Math.max(span.start, from), span.end);
      const isWhole = parts.length === 1 && parts[0]!.start === span.start && parts[0]!.end === span.end;
      this.#hide(rule, name, span, isWhole ? within(parts, this.#hidden(rule, span)) : parts);
      decided.push(...parts);
      from = Math.max(from, span.end);
    }
    this.#take(decided);
  }

  /** The rule's path selects the whole text. What `truncate` leaves of it is still searched by the other rules, and is so long after they are all applied. */
  selected(rule: Rule): void {
    const { name, action, length = 0 } = rule;
    const whole = { start: 0, end: this.#text.length };
    if (action === 'truncate') {
      if (length < (this.#limit?.length ?? Number.POSITIVE_INFINITY)) this.#limit = { rule: name, length };
      return;
    }
    // The last characters stay only as far as no token is among them: the next time others would be the last.
    const end = Math.max(this.#hidden(rule, whole).end, this.#taken.at(-1)?.end ?? 0);
    const parts = new FreeParts(this.#taken).of(0, whole.end);
    this.#hide(rule, name, whole, within(parts, { start: 0, end }));
    this.#take(parts);
  }

  #hidden({ action, keepLast, length }: Rule, { start, end }: Span): Span {
    if (action === 'truncate') return { start: afterPoints(this.#text, start, end, length ?? 0), end };
    // A value that is no longer than what may be left is masked whole.
    if (action === 'mask') return { start, end: beforePoints(this.#text, start, end, keepLast) };
    return { start, end };
  }

  #hide(rule: Rule, name: string, { start, end }: Span, pieces: readonly Span[]): void {
    const { action } = rule;
    let counts: string | undefined = rule.name;
    for (const piece of pieces) {
      const text =
        action === 'mask'
          ? masked(this.#text, piece)
          : action === 'replace' || action === 'hash'
            ? this.#tokens.token(rule, name, this.#text.slice(start, end))
            : '';
      this.#edits.push({ ...piece, text, rule: counts });
      counts = undefined;
    }
  }

  #take(parts: readonly Span[]): void {
    if (parts.length > 0) this.#taken = [...this.#taken, ...parts].sort(byStart);
  }
}

const byStart = (one: Span, other: Span): number => one.start - other.start;

/** What others have left of spans, which are asked for in order: one pass over both. */
class FreeParts {
  readonly #taken: readonly Span[];
  #next = 0;

  constructor(taken: readonly Span[]) {
    this.#taken = taken;
  }

  of(start: number, end: number): Span[] {
    const parts: Span[] = [];
    let from = start;
    while (this.#next < this.#taken.length && this.#taken[this.#next]!.end <= start) this.#next++;
    for (let index = this.#next; index < this.#taken.length && this.#taken[index]!.start < end; index++) {
      const taken = this.#taken[index]!;
      if (taken.start > from) parts.push({ start: from, end: taken.start });
      from = Math.max(from, taken.end);
    }
    if (from < end) parts.push({ start: from, end });
    return parts;
  }
}

const within = (spans: readonly Span[], { start, end }: Span): Span[] =>
  spans
    .map((span) => ({ start: Math.max(span.start, start), end: Math.min(span.end, end) }))
    .filter((span) => span.start < span.end);

/** Where the last code points of a span begin; its end if it has no more than so many. */
function beforePoints(text: string, start: number, end: number, points: number): number {
  let at = end;
  for (let left = points; left > 0; left--) {
    if (at <= start) return end;
    at -= at - start > 1 && text.codePointAt(at - 2)! > 0xffff ? 2 : 1;
  }
  return at <= start ? end : at;
}
