/** How many tokens of a text, or of two, a sequence has. */
export interface TextLengths {
  first: number;
  /** 0 where there is no second text. */
  second: number;
}

/**
 * How many tokens of each text are kept when both together must fit: the longer one is cut, and once both are equally long, both. Of an odd
 * `room`, the longer text gets the one token more, or the second text where they are equally long.
 *
 * Source: `truncate_encodings` with `LongestFirst` of Hugging Face's tokenizers 0.22.
 *
 * @param room most tokens of both texts together, special tokens not counted
 */
export function truncatedLengths({ first, second }: TextLengths, room: number): TextLengths {
  if (first + second <= room) return { first, second };
  const shorter = Math.min(first, second, room >> 1);
  const longer = room - shorter;
  return first > second ? { first: longer, second: shorter } : { first: shorter, second: longer };
}
