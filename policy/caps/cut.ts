/** Characters, that is grapheme clusters, as Unicode has them. Made when a text is cut for the first time: it loads ICU's rules. */
let graphemes: Intl.Segmenter | undefined;

/** The longest part before and behind a cut that is looked at, in UTF-16 code units. A longer character may be cut in two. */
const SURROUNDINGS = 128;

/** What stands in the place of something that was redacted, such as `[email]` or `[email:2c26b46b68ffc68f]`. */
const REPLACEMENT = /\[[a-z0-9][a-z0-9-]{0,62}(?::[0-9a-f]{1,64})?\]/g;

/**
 * The longest beginning of a text that has so many bytes of UTF-8 at most. It ends between two characters, and not within a
 * replacement.
 */
export function beginningOf(text: string, bytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(Math.min(bytes, text.length * 3)));
  return read === text.length ? text : text.slice(0, beforeReplacement(text, beforeCharacter(text, read)));
}

/** The longest beginning of BASE64 that decodes to a beginning of what the whole decodes to. */
export function beginningOfBase64(text: string, bytes: number): string {
  return text.length <= bytes ? text : text.slice(0, bytes - (bytes % 4));
}

/** The last place up to `at` that is between two characters. */
function beforeCharacter(text: string, at: number): number {
  const from = Math.max(0, at - SURROUNDINGS);
  const part = text.slice(from, at + SURROUNDINGS);
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  const character = graphemes.segment(part).containing(at - from);
  const beginsBefore = character === undefined || (character.index === 0 && from > 0);
  return beginsBefore ? at : from + character.index;
}

function beforeReplacement(text: string, at: number): number {
  const from = Math.max(0, at - SURROUNDINGS);
  for (const { index, 0: found } of text.slice(from, at + SURROUNDINGS).matchAll(REPLACEMENT)) {
    if (from + index < at && from + index + found.length > at) return from + index;
  }
  return at;
}
