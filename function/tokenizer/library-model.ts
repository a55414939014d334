import { TokenizerModel } from '@xenova/transformers/src/tokenizers.js';
import type { Vocabulary } from './vocabulary.ts';

/** Byte-level BPE of one piece, whose bytes are written as characters. */
export type BytePairEncoding = (symbols: string, checkTime: () => void) => { tokens: string[]; ids: number[] };

/**
 * The BPE of @xenova/transformers with our vocabulary, since its own would be a Map made of an object. The time that it takes can grow faster than the length of a piece,
 * and a piece can be of any length. So `checkTime` is called for every pair of tokens that it considers.
 */
export function libraryModel({ vocab, ...config }: { vocab: Vocabulary; merges: string[] }): BytePairEncoding {
  const model = TokenizerModel.fromConfig({ ...config, type: 'BPE', vocab: {} });
  model.tokens_to_ids = vocab;
  const ranks = model.bpe_ranks;
  return (symbols, checkTime) => {
    model.bpe_ranks = {
      get: (pair) => {
        checkTime();
        return ranks.get(pair);
      },
    };
    const tokens = model([symbols]);
    model.cache.clear(); // piece-cache.ts remembers pieces within a limit; the library would remember them for ever.
    return { tokens, ids: model.convert_tokens_to_ids(tokens) };
  };
}
