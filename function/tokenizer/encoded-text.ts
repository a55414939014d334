/** The tokens of a text, in columns: index `i` of each column belongs to token `i`. */
export interface TokenColumns {
  ids: number[];
  /** The number of the word that the token is a part of, in ascending order. */
  words: number[];
  /** Where the token begins in the text, in UTF-16 code units. */
  starts: number[];
  /** Where the token ends, exclusive. */
  ends: number[];
  /** Where the token begins if it is the first of a window. Absent: as `starts`. See byte-level-bpe.ts. */
  startsIfFirst?: number[];
  /** Where the token ends if it is the first of a window. Absent: as `ends`. */
  endsIfFirst?: number[];
}

export interface EncodedText extends TokenColumns {
  text: string;
}

export interface Tokenizer {
  /**
   * The tokens of a text, without the special tokens of a sequence.
   *
   * @param checkTime is called again and again meanwhile, in proportion to the length of the text. It can throw to end the work
   */
  encode(text: string, checkTime?: () => void): EncodedText;
}
