import { IDEOGRAPH, PUNCTUATION, SPACE } from './unicode.ts';

/** A piece of a text: where it stands, in UTF-16 code units, `end` exclusive. */
export interface Piece {
  start: number;
  end: number;
  /** The id of the added token that this is, such as `[SEP]`; absent for ordinary text. */
  addedId?: number;
}

/** A token that is found in the text as it is, before anything else happens to it. */
export interface AddedToken {
  id: number;
  content: string;
}

/**
 * Splits a text where BERT's pre-tokenisation does: around the added tokens, at white space, around every punctuation mark, and around
 * every Chinese, Japanese or Korean ideograph. Control characters stay inside their piece, for the normaliser to drop; it may also
 * make punctuation of what is none yet, so a piece can come to be no word, or several.
 *
 * Source: AddedVocabulary, BertNormalizer and BertPreTokenizer of huggingface/tokenizers. There, white space is tab, line feed, carriage
 * return and category Z; the other control characters go before the text is split.
 */
export function textSplitter(addedTokens: readonly AddedToken[]): (text: string) => Piece[] {
  const ids = new Map(addedTokens.map(({ content, id }) => [content, id]));
  // The longest first: of two that begin at one place, it is the one.
  const contents = [...ids.keys()].sort((a, b) => b.length - a.length).map((content) => RegExp.escape(content));
  const added = contents.length > 0 ? new RegExp(contents.join('|'), 'g') : /(?!)/g;
  const alone = `[${PUNCTUATION}${IDEOGRAPH}]`;
  const ordinary = new RegExp(`${alone}|[^${SPACE}${alone}]+`, 'gv');

  return (text) => {
    const pieces: Piece[] = [];
    function splitOrdinary(first: number, end: number): void {
      const part = first === 0 && end === text.length ? text : text.slice(first, end);
      for (const { 0: found, index } of part.matchAll(ordinary)) {
        pieces.push({ start: first + index, end: first + index + found.length });
      }
    }
    let at = 0;
    for (const { 0: found, index } of text.matchAll(added)) {
      splitOrdinary(at, index);
      at = index + found.length;
      pieces.push({ start: index, end: at, addedId: ids.get(found)! });
    }
    splitOrdinary(at, text.length);
    return pieces;
  };
}
