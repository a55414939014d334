import { TokenizerModel } from '@xenova/transformers/src/tokenizers.js';
import type { Vocabulary } from './vocabulary.ts';

/** What byte-level BPE makes of a piece, whose bytes are written as characters. */
export type BytePairEncoding = (symbols: string, look: () => void) => { tokens: string[]; ids: number[] };

/**
 * The BPE of @xenova/transformers, given our vocabulary: it would make a Map of an object. The time that it takes is beyond a piece's length, and
 * nothing bounds a piece, so `look` is called for every pair of tokens that it considers.
 */
export function libraryModel({ vocab, ...config }: { vocab: Vocabulary; merges: string[] }): BytePairEncoding {
  const model = TokenizerModel.fromConfig({ ...config, type: 'BPE', vocab: {} });
  model.tokens_to_ids = vocab;
  const ranks = model.bpe_ranks;
  return (symbols, look) => {
    model.bpe_ranks = {
      get: (pair) => {
        look();
        return ranks.get(pair);
      },
    };
    const tokens = model([symbols]);
    model.cache.clear(); // The piece is remembered by piece-cache.ts; the library would remember it for ever.
    return { tokens, ids: model.convert_tokens_to_ids(tokens) };
  };
}
