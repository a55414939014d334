import { type LibraryModel, TokenizerModel } from '@xenova/transformers/src/tokenizers.js';
import type { Vocabulary } from './vocabulary.ts';

/** A tokenizer's model of @xenova/transformers, given our vocabulary: it would make a Map of an object. */
export function libraryModel(type: 'WordPiece' | 'BPE', { vocab, ...config }: { vocab: Vocabulary }): LibraryModel {
  const model = TokenizerModel.fromConfig({ ...config, type, vocab: {} });
  model.tokens_to_ids = vocab;
  return model;
}
