import { PreTrainedTokenizer } from '@xenova/transformers/src/tokenizers.js';
import { type Word, wordSplitter } from './words.ts';

/** A text as tokens. `tokenWord[i]` is the index in `words` of the word that token `i` is a part of. */
export interface EncodedText {
  words: Word[];
  ids: number[];
  tokenWord: number[];
}

export interface Tokenizer {
  encode(text: string): EncodedText;
  clsId: number;
  sepId: number;
}

/** What of tokenizer.json decides how words become ids; read and checked by model-folder.ts. */
export interface WordPieceConfig {
  normalizer: { lowercase: boolean; strip_accents: boolean | null };
}

/** Words whose ids are remembered. About 10 MB when full; English prose of a million words has some 30,000 different ones. */
const CACHED_WORDS = 50_000;

/**
 * Tokenises word by word, each word once: what BERT's WordPiece does to a word depends on that word alone, so the ids are those of
 * tokenising the whole text, and the offsets of the words come for nothing.
 */
export function createTokenizer(tokenizerJson: WordPieceConfig, tokenizerConfig: object): Tokenizer {
  const wordPiece = new PreTrainedTokenizer(tokenizerJson, tokenizerConfig);
  const special = new Set(wordPiece.special_tokens);
  const split = wordSplitter(wordPiece.special_tokens);
  const normalize = normalizer(tokenizerJson.normalizer);
  const cache = new Map<string, number[]>();

  function idsOf(word: string): number[] {
    const known = cache.get(word);
    if (known !== undefined) return known;
    const pieces = special.has(word) ? [word] : wordPiece.model(wordPiece.pre_tokenizer(normalize(word)));
    const ids = wordPiece.model.convert_tokens_to_ids(pieces);
    if (cache.size >= CACHED_WORDS) cache.clear();
    cache.set(word, ids);
    return ids;
  }

  return {
    encode(text) {
      const words = split(text);
      const ids: number[] = [];
      const tokenWord: number[] = [];
      for (const [index, { start, end }] of words.entries()) {
        for (const id of idsOf(text.slice(start, end))) {
          ids.push(id);
          tokenWord.push(index);
        }
      }
      return { words, ids, tokenWord };
    },
    clsId: wordPiece.model.convert_tokens_to_ids(['[CLS]'])[0]!,
    sepId: wordPiece.model.convert_tokens_to_ids(['[SEP]'])[0]!,
  };
}

/**
 * BERT's normalisation of one word: control characters dropped, accents stripped and letters lowered where the model wants it.
 * Ours and not the library's, which strips the accents of Latin script alone. Source: BertNormalizer of huggingface/tokenizers.
 */
function normalizer({ lowercase, strip_accents }: WordPieceConfig['normalizer']): (word: string) => string {
  const stripAccents = strip_accents ?? lowercase;
  return (word) => {
    let text = word.replace(/[\0\u{FFFD}\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '');
    if (stripAccents) text = text.normalize('NFD').replace(/\p{Mn}/gu, '');
    // Letter by letter, so a capital sigma at the end of a word is an ordinary one.
    return lowercase ? text.replaceAll('Σ', 'σ').toLowerCase() : text;
  };
}
