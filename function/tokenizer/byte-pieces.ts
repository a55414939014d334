import { NEW_LETTER, NEW_NUMBER } from './unicode.ts';

/**
 * The pieces of byte-level BPE: English contractions; and words, numbers and signs, each with the space before it. The pieces are the whole text.
 * White space before a word is a piece of its own, except for its last character if that is a space.
 *
 * Source: the expression of ByteLevel in huggingface/tokenizers, which is that of GPT-2.
 */
export function piecePattern(): RegExp {
  const letter = `[\\p{L}--[${NEW_LETTER}]]`;
  const number = `[\\p{N}--[${NEW_NUMBER}]]`;
  const white = '\\p{White_Space}';
  return new RegExp(
    `'s|'t|'re|'ve|'m|'ll|'d| ?${letter}+| ?${number}+| ?[^${white}${letter}${number}]+|${white}+(?!\\P{White_Space})|${white}+`,
    'gv',
  );
}

/**
 * The characters that stand for the 256 bytes in a vocabulary. A visible character of Latin-1 stands for itself; characters from U+0100 on stand for the others.
 *
 * Source: `bytes_to_unicode` of GPT-2.
 */
export function byteCharacters(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const seen = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCharCode(seen ? byte : next++);
  });
}

/** The places of the characters of a piece. */
export interface CharacterPlaces {
  /** For each byte of the piece, the character that it is a part of. */
  ofByte: number[];
  /** The UTF-16 code unit at which each character begins, and last the end of the piece. */
  units: number[];
}

/** @param prefixed the piece begins with a space that is not in the text. The space has the place of the character after it */
export function characterPlaces(piece: string, prefixed: boolean): CharacterPlaces {
  const ofByte = prefixed ? [0] : [];
  const units = [0];
  let unit = 0;
  for (const character of prefixed ? piece.slice(1) : piece) {
    const place = units.length - 1;
    for (let i = utf8Length(character.codePointAt(0)!); i > 0; i--) ofByte.push(place);
    unit += character.length;
    units.push(unit);
  }
  // The added space alone: the character whose place it has begins the next piece.
  if (piece.length === 1 && prefixed) units.push(1);
  return { ofByte, units };
}

function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
