import { type ByteLevelSettings, createByteLevelTokenizer } from './byte-level-bpe.ts';
import type { Tokenizer } from './encoded-text.ts';
import { createWordPieceTokenizer, type WordPieceSettings } from './word-piece.ts';

export type TokenizerSettings = WordPieceSettings | ByteLevelSettings;

/** The tokenizer that a model's files describe: see tokenizer-config.ts. */
export function createTokenizer(settings: TokenizerSettings): Tokenizer {
  return settings.type === 'BPE' ? createByteLevelTokenizer(settings) : createWordPieceTokenizer(settings);
}
