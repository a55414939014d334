/** A text as tokens, in columns: what is at `i` belongs to token `i`. */
export interface TokenColumns {
  ids: number[];
  /** The number of the word that the token is a part of; it never falls. */
  words: number[];
  /** Where the token stands in the text, in UTF-16 code units. */
  starts: number[];
  /** The end of it, exclusive. */
  ends: number[];
  /** `starts`, where the token is the first of its window; absent: the same. See byte-level-bpe.ts. */
  startsIfFirst?: number[];
  /** `ends`, where the token is the first of its window; absent: the same. */
  endsIfFirst?: number[];
}

export interface EncodedText extends TokenColumns {
  text: string;
}

export interface Tokenizer {
  /**
   * The tokens of a text, without the special tokens that a sequence has around them.
   *
   * @param look is called again and again meanwhile, in proportion to the text: it may throw
   */
  encode(text: string, look?: () => void): EncodedText;
}
