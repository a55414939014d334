import { type JsonNode, writtenAs } from '../json/node.ts';
import { escapedAt, placeOf } from '../json/text.ts';
import { type Answer, offsetIn } from './answers.ts';
import type { PayloadEdit } from './edits.ts';
import { type RedactedContext, redactedContext } from './redacted-context.ts';
import type { Span } from './tokens.ts';

/** Of an answer that is no span, so many places in its context are looked at. */
const MAX_PLACES = 1000;

/**
 * What must change in an output so that its answers fit the redacted context: `start`, `end` and `answer`, which is the redacted context from `start` up to `end`.
 *
 * An answer that is no span of its context keeps its offsets. Its text is changed where the same text in the context was hidden.
 *
 * @param edits of the input, in order and without overlaps
 */
export function alignAnswers(answers: readonly Answer[], edits: readonly PayloadEdit[]): PayloadEdit[] {
  const contexts = new Map<JsonNode, RedactedContext>();
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
      const hidden = hiddenPlace(answer, context);
      if (hidden !== undefined) change(answer.answer, JSON.stringify(context.textOf(hidden)), changes);
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
