/**
 * Classes of characters, as tables over the bytes of a `Subject`: an ASCII character is its own code, every other
 * character that looks like none of ASCII is one of the codes below. 0 stands around the text and is in no class.
 */

/** A letter, mark or number of another alphabet. */
export const LETTER = 0x80;
/** A character of a script that puts no spaces between words (Chinese, Japanese, Korean, Thai, ...). */
export const IDEOGRAPH = 0x81;
/** Everything else: a symbol, an emoji, a quotation mark. */
export const OTHER = 0x82;

export type CharacterClass = Readonly<Uint8Array>;

function classOf(ascii: RegExp, ...others: number[]): CharacterClass {
  const members = new Uint8Array(256);
  for (let code = 1; code < 0x80; code++) members[code] = ascii.test(String.fromCharCode(code)) ? 1 : 0;
  for (const code of others) members[code] = 1;
  return members;
}

export const DIGIT = classOf(/[0-9]/);
export const HEX = classOf(/[0-9a-fA-F]/);
/** What makes one word with its neighbour. */
export const WORD = classOf(/[0-9A-Za-z]/, LETTER);
export const UPPER_OR_DIGIT = classOf(/[0-9A-Z]/);
export const ALPHABETIC = classOf(/[A-Za-z]/, LETTER, IDEOGRAPH);
/** Base64 of RFC 4648, section 4, and its form for URLs, section 5; without padding. */
export const BASE64 = classOf(/[A-Za-z0-9+/]/);
export const BASE64URL = classOf(/[A-Za-z0-9_-]/);
/** What people put between the characters of an account or an id. */
export const SEPARATOR = classOf(/[ .-]/);

/** The code of an ASCII character. */
export const code = (character: string): number => character.charCodeAt(0);

/** An ASCII letter in upper case; every other code as it is. */
export const upper = (of: number): number => (of >= 0x61 && of <= 0x7a ? of - 32 : of);
