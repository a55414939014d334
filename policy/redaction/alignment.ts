import { type JsonNode, writtenAs } from '../json/node.ts';
import { escapedAt, placeOf } from '../json/text.ts';
import { type Answer, offsetIn } from './answers.ts';
import type { PayloadEdit } from './edits.ts';
import { type RedactedContext, redactedContext } from './redacted-context.ts';
import type { Span } from './tokens.ts';

/** Of an answer that is no span, so many places in its context are looked at. */
const MAX_PLACES = 1000;
/** So many texts of such answers are looked for in one context. Any more are hidden whole. */
const MAX_TEXTS = 100;

/**
 * What must change in an output so that its answers fit the redacted context: `start`, `end` and `answer`, which is the redacted context from `start` up to `end`.
 *
 * An answer that is no span of its context keeps its offsets. Its text is changed where the same text in the context was hidden.
 *
 * @param edits of the input, in order and without overlaps
 */
export function alignAnswers(answers: readonly Answer[], edits: readonly PayloadEdit[]): PayloadEdit[] {
  const contexts = new Map<JsonNode, RedactedContext>();
  const textsIn = new Map<JsonNode, Map<string, string>>();
  const changes: PayloadEdit[] = [];
  for (const answer of answers) {
    const context = contexts.get(answer.context) ?? redactedContext(answer.context, edits);
    contexts.set(answer.context, context);
    if (!context.isChanged) continue;
    if (answer.isSpan) {
      const span = { start: offsetIn(answer.start), end: offsetIn(answer.end) };
      const { start, end } = context.spanOf(span);
      change(answer.answer, JSON.stringify(context.textOf(span)), changes);
      change(answer.start, String(start), changes);
      change(answer.end, String(end), changes);
    } else {
      const texts = textsIn.get(answer.context) ?? new Map<string, string>();
      textsIn.set(answer.context, texts);
      change(answer.answer, JSON.stringify(textInPlaceOf(answer, context, texts)), changes);
    }
  }
  return changes.sort((one, other) => one.start - other.start);
}

function change(node: JsonNode, to: string, changes: PayloadEdit[]): void {
  const { source, start, end, content } = node;
  const isSame = content === undefined ? writtenAs(node) === to : content.text === JSON.parse(to);
  if (isSame) return;
  const text = escapedAt(source.level, to);
  changes.push({ start: placeOf(source, start), end: placeOf(source, end), text, rules: [] });
}

/** @param known what stands in the place of texts that were looked for before */
function textInPlaceOf(answer: Answer, context: RedactedContext, known: Map<string, string>): string {
  const { text } = answer.answer.content!;
  const before = known.get(text);
  if (before !== undefined) return before;
  if (known.size === MAX_TEXTS) return '';
  const hidden = hiddenPlace(answer, context);
  const now = hidden === undefined ? text : context.textOf(hidden);
  known.set(text, now);
  return now;
}

function hiddenPlace({ answer, context }: Answer, redacted: RedactedContext): Span | undefined {
  const [text, whole] = [answer.content!.text, context.content!.text];
  if (text === '') return undefined;
  let start = whole.indexOf(text);
  for (let places = 0; start >= 0 && places < MAX_PLACES; places++) {
    const span = { start, end: start + text.length };
    if (redacted.isTouched(span)) return span;
    start = whole.indexOf(text, start + 1);
  }
  return undefined;
}
