import { type AddedToken, addedTokenSplitter, spaceEnd } from './added-tokens.ts';
import { byteCharacters, characterPlaces, piecePattern } from './byte-pieces.ts';
import type { EncodedText, TokenColumns, Tokenizer } from './encoded-text.ts';
import { libraryModel } from './library-model.ts';
import { remembered } from './piece-cache.ts';
import type { Vocabulary } from './vocabulary.ts';

/** The settings by which text becomes ids, from the model's tokenizer files: see tokenizer-config.ts. */
export interface ByteLevelSettings {
  type: 'BPE';
  model: { vocab: Vocabulary; merges: string[] };
  addedTokens: AddedToken[];
  /** Reads each stretch of text between added tokens as if it began with a space. */
  addPrefixSpace: boolean;
  /** Takes a single space at the beginning of a window for an added one, and keeps it in the offsets. */
  keepsFirstSpace: boolean;
}

/** The tokens of a piece. They are all of one word. */
type PieceColumns = Required<Omit<TokenColumns, 'words'>>;

/**
 * The tokenizer of RoBERTa.
 *
 * It tokenises each piece once. Byte pairs are merged inside a piece only, so the ids are the same as for the whole text.
 * A piece is a word with the space before it, and its tokens are runs of UTF-8 bytes. Offsets leave out the spaces at both ends. A token
 * that is a part of a character has the offsets of the whole character.
 *
 * Source: ByteLevel (pre-tokenisation, `process_offsets`) and RobertaProcessing of huggingface/tokenizers.
 */
export function createByteLevelTokenizer(settings: ByteLevelSettings): Tokenizer {
  const { addPrefixSpace, keepsFirstSpace } = settings;
  const model = libraryModel(settings.model);
  const splitAdded = addedTokenSplitter(settings.addedTokens);
  const characters = byteCharacters();
  const space = characters[' '.charCodeAt(0)]!;
  const encoder = new TextEncoder();
  const pieces = piecePattern();

  const encodePiece = remembered((piece, checkTime) => encodeBytes(piece, false, checkTime));

  /** @param prefixed the piece begins with a space that is not in the text. The space has the offsets of the character after it */
  function encodeBytes(piece: string, prefixed: boolean, checkTime: () => void): PieceColumns {
    let symbols = '';
    for (const byte of encoder.encode(piece)) symbols += characters[byte];
    const { ofByte, units } = characterPlaces(piece, prefixed);
    const { tokens, ids } = model(symbols, checkTime);
    const encoded: PieceColumns = {
      ids,
      starts: [],
      ends: [],
      startsIfFirst: [],
      endsIfFirst: [],
    };
    let at = 0;
    for (const token of tokens) {
      checkTime();
      const first = ofByte[at]!;
      at += token.length;
      const end = ofByte[at - 1]! + 1;
      const leading = leadingSpaces(token);
      const start = Math.min(first + leading, end);
      const startIfFirst = leading === 1 ? first : start;
      const trimmedEnd = end - trailingSpaces(token);
      encoded.starts.push(units[start]!);
      encoded.ends.push(units[Math.max(trimmedEnd, start)]!);
      encoded.startsIfFirst.push(units[startIfFirst]!);
      encoded.endsIfFirst.push(units[Math.max(trimmedEnd, startIfFirst)]!);
    }
    return encoded;
  }

  function leadingSpaces(token: string): number {
    let count = 0;
    while (count < token.length && token[count] === space) count++;
    return count;
  }

  function trailingSpaces(token: string): number {
    let count = 0;
    while (count < token.length && token[token.length - 1 - count] === space) count++;
    return count;
  }

  return {
    encode(text, checkTime = () => {}) {
      const ids: number[] = [];
      const words: number[] = [];
      const starts: number[] = [];
      const ends: number[] = [];
      const startsIfFirst: number[] = [];
      const endsIfFirst: number[] = [];
      let word = 0;
      for (const section of splitAdded(text)) {
        checkTime();
        if (section.addedId !== undefined) {
          // An added token can include the white space before it. Offsets leave that out, as any other space.
          const start = spaceEnd(text, section.start);
          ids.push(section.addedId);
          words.push(word++);
          starts.push(start);
          ends.push(section.end);
          startsIfFirst.push(start === section.start + 1 ? section.start : start);
          endsIfFirst.push(section.end);
          continue;
        }
        const prefixed = addPrefixSpace && text[section.start] !== ' ';
        let at = section.start;
        const ordinary = text.slice(section.start, section.end);
        for (const [piece] of (prefixed ? ` ${ordinary}` : ordinary).matchAll(pieces)) {
          checkTime();
          const withPrefix = prefixed && at === section.start && piece.startsWith(' ');
          const encoded = withPrefix ? encodeBytes(piece, true, checkTime) : encodePiece(piece, checkTime);
          for (let i = 0; i < encoded.ids.length; i++) {
            ids.push(encoded.ids[i]!);
            words.push(word);
            starts.push(at + encoded.starts[i]!);
            ends.push(at + encoded.ends[i]!);
            startsIfFirst.push(at + encoded.startsIfFirst[i]!);
            endsIfFirst.push(at + encoded.endsIfFirst[i]!);
          }
          word++;
          at += piece.length - (withPrefix ? 1 : 0);
        }
      }
      const encoded: EncodedText = { text, ids, words, starts, ends };
      if (!keepsFirstSpace || ids.length === 0) return encoded;
      starts[0] = startsIfFirst[0]!;
      ends[0] = endsIfFirst[0]!;
      return { ...encoded, startsIfFirst, endsIfFirst };
    },
  };
}
