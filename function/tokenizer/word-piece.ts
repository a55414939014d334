import type { AddedToken } from './added-tokens.ts';
import type { TokenColumns, Tokenizer } from './encoded-text.ts';
import { type BertNormalizerConfig, bertNormalizer } from './normalizer.ts';
import { remembered } from './piece-cache.ts';
import { longestToken, type Vocabulary } from './vocabulary.ts';
import { wordSplitter } from './words.ts';

/** The settings by which text becomes ids, from the model's tokenizer files: see tokenizer-config.ts. */
export interface WordPieceSettings {
  type: 'WordPiece';
  normalizer: BertNormalizerConfig;
  model: { vocab: Vocabulary; unk_token: string; continuing_subword_prefix: string; max_input_chars_per_word: number };
  addedTokens: AddedToken[];
}

/**
 * The tokenizer of BERT, DistilBERT, MiniLM and ELECTRA.
 *
 * It tokenises each piece once. What WordPiece does to a word depends on that word alone, so the ids are the same as for the whole
 * text, and the offsets are known by construction.
 */
export function createWordPieceTokenizer(settings: WordPieceSettings): Tokenizer {
  const { vocab, max_input_chars_per_word: longestWord } = settings.model;
  const tokensOf = wordPiece(settings.model);
  const split = wordSplitter(settings.addedTokens);
  const normalize = bertNormalizer(settings.normalizer, longestWord);

  const encodePiece = remembered((piece, checkTime) => {
    const encoded: TokenColumns = { ids: [], words: [], starts: [], ends: [] };
    for (const [number, word] of normalize(piece, checkTime).entries()) {
      checkTime();
      // 19 of 20 words are one token, so that is tried first. A word that the normaliser has cut is longer than any token.
      const whole = word.text.length <= longestWord ? vocab.get(word.text) : undefined;
      for (const [id, first, end] of whole === undefined ? tokensOf(word.text) : [[whole, 0, word.text.length]]) {
        encoded.ids.push(id!);
        encoded.words.push(number);
        encoded.starts.push(word.starts[first!]!);
        encoded.ends.push(word.ends[end! - 1]!);
      }
    }
    return encoded;
  });

  return {
    encode(text, checkTime = () => {}) {
      const ids: number[] = [];
      const words: number[] = [];
      const starts: number[] = [];
      const ends: number[] = [];
      let wordCount = 0;
      for (const { start, end, addedId } of split(text)) {
        checkTime();
        if (addedId !== undefined) {
          ids.push(addedId);
          words.push(wordCount++);
          starts.push(start);
          ends.push(end);
          continue;
        }
        const piece = encodePiece(text.slice(start, end), checkTime);
        const count = piece.ids.length;
        for (let i = 0; i < count; i++) {
          ids.push(piece.ids[i]!);
          words.push(wordCount + piece.words[i]!);
          starts.push(start + piece.starts[i]!);
          ends.push(start + piece.ends[i]!);
        }
        if (count > 0) wordCount += piece.words[count - 1]! + 1;
      }
      return { text, ids, words, starts, ends };
    },
  };
}

/**
 * The tokens of a word: their ids, and the code units of the word that each of them is. The longest token at the beginning of the rest is taken, again and again.
 * If there is no such token somewhere, or the word is too long, the whole word is one unknown token.
 *
 * Source: WordPiece of huggingface/tokenizers. It begins with the whole rest; we begin with the length of the longest token.
 */
export function wordPiece(
  model: WordPieceSettings['model'],
): (word: string) => [id: number, first: number, end: number][] {
  const { vocab, unk_token: unknown, continuing_subword_prefix: prefix, max_input_chars_per_word: longestWord } = model;
  const unknownId = vocab.get(unknown)!;
  const longest = longestToken(vocab);

  return (word) => {
    const tokens: [number, number, number][] = [];
    const known =
      word.length <= longestWord || (word.length <= 2 * longestWord && Array.from(word).length <= longestWord);
    for (let first = 0; known && first < word.length; first = tokens.at(-1)![2]) {
      const before = first === 0 ? '' : prefix;
      let end = Math.min(word.length, first + longest - before.length);
      let id: number | undefined;
      while (end > first) {
        id = vocab.get(before + word.slice(first, end));
        if (id !== undefined) break;
        end--;
      }
      if (id === undefined) return [[unknownId, 0, word.length]];
      tokens.push([id, first, end]);
    }
    return known ? tokens : [[unknownId, 0, word.length]];
  };
}
