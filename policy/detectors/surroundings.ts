import { endOffsetOf, offsetOf, type Span, type Subject } from './subject.ts';

/** How far a word may be from the number that it explains, in UTF-16 code units: a label, not another sentence. */
const REACH = 40;

/** Whether the text just before a place says a word. The pattern must need no more than linear time. */
export function isPrecededBy(word: RegExp, subject: Subject, at: number): boolean {
  const to = offsetOf(subject, at);
  return word.test(subject.text.slice(Math.max(0, to - REACH), to));
}

/** Whether the text just before or just after a span says a word. */
export function isNear(word: RegExp, subject: Subject, { start, end }: Span): boolean {
  const after = endOffsetOf(subject, end);
  return isPrecededBy(word, subject, start) || word.test(subject.text.slice(after, after + REACH));
}

/** As {@link isNear}, within the text alone: U+0000 parts it from others, and what they say must not keep a number from being found. */
export function isNearInText(word: RegExp, subject: Subject, { start, end }: Span): boolean {
  const [from, to] = [offsetOf(subject, start), endOffsetOf(subject, end)];
  const before = subject.text.slice(Math.max(0, from - REACH), from);
  const after = subject.text.slice(to, to + REACH);
  return word.test(before.slice(before.lastIndexOf('\0') + 1)) || word.test(after.split('\0', 1)[0]!);
}
