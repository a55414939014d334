import type { AddedToken } from './added-tokens.ts';
import type { TokenColumns, Tokenizer } from './encoded-text.ts';
import { libraryModel } from './library-model.ts';
import { type BertNormalizerConfig, bertNormalizer } from './normalizer.ts';
import { remembered } from './piece-cache.ts';
import type { Vocabulary } from './vocabulary.ts';
import { wordSplitter } from './words.ts';

/** What of a model's tokenizer files decides how text becomes ids: see tokenizer-files.ts. */
export interface WordPieceSettings {
  type: 'WordPiece';
  normalizer: BertNormalizerConfig;
  model: { vocab: Vocabulary; unk_token: string; continuing_subword_prefix: string };
  addedTokens: AddedToken[];
}

/**
 * The tokenizer of BERT, DistilBERT, MiniLM and ELECTRA.
 *
 * Tokenises piece by piece, each piece once: what WordPiece does to a word depends on that word alone, so the ids are those of
 * tokenising the whole text, and the offsets are known by construction.
 */
export function createWordPieceTokenizer(settings: WordPieceSettings): Tokenizer {
  const model = libraryModel('WordPiece', settings.model);
  const { vocab, unk_token: unknown, continuing_subword_prefix: prefix } = settings.model;
  model.unk_token_id = vocab.get(unknown)!;
  const split = wordSplitter(settings.addedTokens);
  const normalize = bertNormalizer(settings.normalizer);

  const encodePiece = remembered((piece) => {
    const encoded: TokenColumns = { ids: [], words: [], starts: [], ends: [] };
    for (const [number, word] of normalize(piece).entries()) {
      for (const [id, first, end] of tokensOf(word.text)) {
        encoded.ids.push(id);
        encoded.words.push(number);
        encoded.starts.push(word.starts[first]!);
        encoded.ends.push(word.ends[end - 1]!);
      }
    }
    return encoded;
  });

  /** The ids of a word's tokens, and which code units of the word each of them is. */
  function tokensOf(word: string): [id: number, first: number, end: number][] {
    // The longest match is looked for first, and 19 words of 20 are a token as they stand: the library takes five times as long to find that.
    const whole = word.length <= model.max_input_chars_per_word ? vocab.get(word) : undefined;
    if (whole !== undefined) return [[whole, 0, word.length]];
    const tokens = model([word]);
    const ids = model.convert_tokens_to_ids(tokens);
    if (tokens.length === 1 && tokens[0] === unknown) return [[ids[0]!, 0, word.length]];
    let at = 0;
    return tokens.map((token, i) => {
      const first = at;
      at += token.length - (first === 0 ? 0 : prefix.length);
      return [ids[i]!, first, at];
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
  };
}
