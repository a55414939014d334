/** A text of a payload: the payload itself, or the content of a string in it. */
export interface Text {
  readonly text: string;
  /** Where each UTF-16 code unit begins in the payload, and at last where the text ends. Absent: at its index plus `shift`. */
  readonly offsets: Int32Array | undefined;
  readonly shift: number;
  /** How many times over it is escaped as a JSON string. */
  readonly level: number;
}

/** @returns the offset in the payload of a place in the text, in UTF-16 code units */
export const placeOf = ({ offsets, shift }: Text, index: number): number =>
  offsets === undefined ? index + shift : offsets[index]!;

export const wholeText = (text: string): Text => ({ text, offsets: undefined, shift: 0, level: 0 });

const ESCAPED: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const FOUR_HEX = /^[0-9A-Fa-f]{4}$/;

/** The content of the JSON string between two offsets, which has no escapes. */
export const plainContent = ({ text, offsets, shift, level }: Text, start: number, end: number): Text => ({
  text: text.slice(start, end),
  offsets: offsets?.subarray(start, end + 1),
  shift: shift + start,
  level: level + 1,
});

/**
 * The content of the JSON string between two offsets.
 *
 * @param isLenient an escape that JSON does not know stands for itself, as the text is perhaps none of JSON
 * @returns undefined if it has an escape that JSON does not know
 */
export function unescapedContent(source: Text, start: number, end: number, isLenient = false): Text | undefined {
  const { text } = source;
  const offsets = new Int32Array(end - start + 1);
  let [content, length, from] = ['', 0, start];
  for (let at = start; at < end; ) {
    if (text.charCodeAt(at) !== 0x5c) {
      offsets[length++] = placeOf(source, at++);
      continue;
    }
    const letter = text[at + 1] ?? '';
    const isUnicode = letter === 'u' && FOUR_HEX.test(text.slice(at + 2, at + 6)) && at + 6 <= end;
    const unit = isUnicode ? String.fromCharCode(Number.parseInt(text.slice(at + 2, at + 6), 16)) : ESCAPED[letter];
    if (unit === undefined || at + 2 > end) {
      if (!isLenient) return undefined;
      offsets[length++] = placeOf(source, at++);
      continue;
    }
    content += text.slice(from, at) + unit;
    offsets[length++] = placeOf(source, at);
    at += isUnicode ? 6 : 2;
    from = at;
  }
  offsets[length] = placeOf(source, end);
  return {
    text: content + text.slice(from, end),
    offsets: offsets.subarray(0, length + 1),
    shift: 0,
    level: source.level + 1,
  };
}

/** A text as it must be written where texts are escaped so many times over. */
export function escapedAt(level: number, text: string): string {
  let escaped = text;
  for (let times = 0; times < level; times++) escaped = JSON.stringify(escaped).slice(1, -1);
  return escaped;
}
