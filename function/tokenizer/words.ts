import { type AddedToken, addedTokenSplitter, type Piece } from './added-tokens.ts';
import { IDEOGRAPH, PUNCTUATION, SPACE } from './unicode.ts';

/**
 * Splits a text as BERT's pre-tokenisation does: at the added tokens, at white space, around every punctuation mark, and around every Chinese, Japanese or Korean
 * ideograph. Control characters stay inside their piece, and the normaliser drops them. The normaliser can also turn other characters into punctuation, so a piece can
 * become no word, or several.
 *
 * Source: AddedVocabulary, BertNormalizer and BertPreTokenizer of huggingface/tokenizers. There, white space is tab, line feed, carriage
 * return and category Z; the other control characters are dropped before the text is split.
 */
export function wordSplitter(addedTokens: readonly AddedToken[]): (text: string) => Piece[] {
  const splitAdded = addedTokenSplitter(addedTokens);
  const alone = `[${PUNCTUATION}${IDEOGRAPH}]`;
  const ordinary = new RegExp(`${alone}|[^${SPACE}${alone}]+`, 'gv');

  return (text) => {
    const pieces: Piece[] = [];
    for (const section of splitAdded(text)) {
      if (section.addedId !== undefined) {
        pieces.push(section);
        continue;
      }
      for (const { 0: found, index } of text.slice(section.start, section.end).matchAll(ordinary)) {
        const start = section.start + index;
        pieces.push({ start, end: start + found.length });
      }
    }
    return pieces;
  };
}
