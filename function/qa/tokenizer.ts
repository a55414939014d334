import { TokenizerModel } from '@xenova/transformers/src/tokenizers.js';
import { type BertNormalizerConfig, bertNormalizer, type NormalizedWord } from './normalizer.ts';
import type { Vocabulary } from './vocabulary.ts';
import { type AddedToken, textSplitter } from './words.ts';

/** A text as tokens, in columns: what is at `i` belongs to token `i`. */
export interface EncodedText {
  text: string;
  ids: number[];
  /** The number of the word that the token is a part of; it never falls. */
  words: number[];
  /** Where the token stands in the text, in UTF-16 code units. */
  starts: number[];
  /** The end of it, exclusive. */
  ends: number[];
}

type Columns = Omit<EncodedText, 'text'>;

export interface Tokenizer {
  encode(text: string): EncodedText;
  clsId: number;
  sepId: number;
}

/** What of tokenizer.json decides how text becomes ids; read and checked by model-folder.ts. */
export interface WordPieceConfig {
  normalizer: BertNormalizerConfig;
  model: { vocab: Vocabulary; unk_token: string; continuing_subword_prefix: string };
  added_tokens: AddedToken[];
}

/** Pieces whose tokens are remembered: 20 MB when full. English prose of a million words has some 30,000 different ones. */
const CACHED_PIECES = 25_000;

/**
 * Tokenises piece by piece, each piece once: what BERT's WordPiece does to a word depends on that word alone, so the ids are those of
 * tokenising the whole text, and the offsets are known by construction.
 */
export function createTokenizer(tokenizerJson: WordPieceConfig): Tokenizer {
  const model = wordPiece(tokenizerJson.model);
  const { unk_token: unknown, continuing_subword_prefix: prefix } = tokenizerJson.model;
  const split = textSplitter(tokenizerJson.added_tokens);
  const normalize = bertNormalizer(tokenizerJson.normalizer);
  const cache = new Map<string, Columns>();

  function encodePiece(piece: string): Columns {
    const known = cache.get(piece);
    if (known !== undefined) return known;
    const encoded: Columns = { ids: [], words: [], starts: [], ends: [] };
    for (const [number, word] of normalize(piece).entries()) {
      const tokens = model([word.text]);
      encoded.ids.push(...model.convert_tokens_to_ids(tokens));
      for (const [first, end] of tokenRanges(word, tokens)) {
        encoded.words.push(number);
        encoded.starts.push(word.starts[first]!);
        encoded.ends.push(word.ends[end - 1]!);
      }
    }
    if (cache.size >= CACHED_PIECES) cache.clear();
    cache.set(piece, encoded);
    return encoded;
  }

  /** Which code units of the word each of its tokens is. */
  function tokenRanges({ text }: NormalizedWord, tokens: string[]): [number, number][] {
    if (tokens.length === 1 && tokens[0] === unknown) return [[0, text.length]];
    let at = 0;
    return tokens.map((token) => {
      const first = at;
      at += token.length - (first === 0 ? 0 : prefix.length);
      return [first, at];
    });
  }

  return {
    encode(text) {
      const ids: number[] = [];
      const words: number[] = [];
      const starts: number[] = [];
      const ends: number[] = [];
      let wordCount = 0;
      for (const { start, end, addedId } of split(text)) {
        if (addedId !== undefined) {
          ids.push(addedId);
          words.push(wordCount++);
          starts.push(start);
          ends.push(end);
          continue;
        }
        const piece = encodePiece(text.slice(start, end));
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
    clsId: model.convert_tokens_to_ids(['[CLS]'])[0]!,
    sepId: model.convert_tokens_to_ids(['[SEP]'])[0]!,
  };
}

/** The library's WordPiece, given our vocabulary: it would make a Map of an object. */
function wordPiece({ vocab, ...config }: WordPieceConfig['model']) {
  const model = TokenizerModel.fromConfig({ ...config, vocab: {} });
  model.tokens_to_ids = vocab;
  model.unk_token_id = vocab.get(config.unk_token)!;
  return model;
}
