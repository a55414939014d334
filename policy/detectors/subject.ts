import { code } from './characters.ts';
import { INVISIBLE, lookOf, TWO_DIGITS } from './code-point.ts';

/** Zeros before and after the codes, so that a look at a neighbour needs no check. */
const MARGIN = 4;
/** Texts of up to so many UTF-16 code units share one buffer. */
const SHARED_UNITS = 32 * 1024;

/** A text as the detectors read it. Places are indices of `codes`. It is valid until the next text is read. */
export interface Subject {
  /** As it was given. */
  readonly text: string;
  /** What each character looks like: `characters.ts`. Characters that cannot be seen are left out. */
  readonly codes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** The place in the text, in UTF-16 code units, by place in `codes`. Absent: they differ by `start`. */
  readonly offsets: Int32Array | undefined;
}

/** A place in a subject; the end is exclusive. */
export interface Span {
  start: number;
  end: number;
}

/** Recognises what begins, lies or ends at a place. */
export type Match = (subject: Subject, at: number) => Span | undefined;

const encoder = new TextEncoder();
const sharedCodes = new Uint8Array(2 * SHARED_UNITS + 2 * MARGIN);
const sharedInside = sharedCodes.subarray(MARGIN);
const sharedOffsets = new Int32Array(2 * SHARED_UNITS + MARGIN);

export function subjectOf(text: string): Subject {
  const isShort = text.length <= SHARED_UNITS;
  const codes = isShort ? sharedCodes : new Uint8Array(2 * text.length + 2 * MARGIN);
  const { read, written } = encoder.encodeInto(text, isShort ? sharedInside : codes.subarray(MARGIN));
  // UTF-8 has as many bytes as UTF-16 has units in ASCII only.
  const isAscii = read === text.length && written === text.length;
  const offsets = isShort ? sharedOffsets : new Int32Array(isAscii ? 0 : 2 * text.length + MARGIN);
  const end = isAscii ? MARGIN + text.length : fold(text, codes, offsets);
  codes.fill(0, end, end + MARGIN);
  return { text, codes, start: MARGIN, end, offsets: isAscii ? undefined : offsets };
}

/** Writes what each character looks like, and where it is in the text. Returns the place after the last one. */
function fold(text: string, codes: Uint8Array, offsets: Int32Array): number {
  let end = MARGIN;
  for (let offset = 0; offset < text.length; offset++) {
    const unit = text.charCodeAt(offset);
    offsets[end] = offset;
    if (unit < 0x80) {
      codes[end++] = unit;
      continue;
    }
    const isPair = (unit & 0xfc00) === 0xd800 && (text.charCodeAt(offset + 1) & 0xfc00) === 0xdc00;
    const look = lookOf(isPair ? text.codePointAt(offset)! : unit);
    if (look >= TWO_DIGITS) {
      codes[end++] = code('0') + Math.floor((look - TWO_DIGITS) / 10);
      offsets[end] = offset;
      codes[end++] = code('0') + ((look - TWO_DIGITS) % 10);
    } else if (look !== INVISIBLE) codes[end++] = look;
    if (isPair) offset++;
  }
  return end;
}

/** The UTF-16 offset of the character at a place. */
export function offsetOf({ offsets, start }: Subject, at: number): number {
  return offsets ? offsets[at]! : at - start;
}

/** The UTF-16 offset after the last character of a span that ends at a place. */
export function endOffsetOf(subject: Subject, end: number): number {
  const last = offsetOf(subject, end - 1);
  const isPair = subject.offsets !== undefined && subject.text.codePointAt(last)! > 0xffff;
  return last + (isPair ? 2 : 1);
}

/** The ASCII characters of a span, look-alikes replaced. */
export function asciiOf({ codes }: Subject, start: number, end: number): string {
  return String.fromCharCode(...codes.subarray(start, end));
}
