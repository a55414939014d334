/** The ids of tokens. A Map is a vocabulary. */
export interface Vocabulary {
  has(token: string): boolean;
  get(token: string): number | undefined;
  /** UTF-16 code units of the longest token. Absent: not known yet. */
  longestToken?: number;
}

/** UTF-16 code units of the longest token of a vocabulary. */
export function longestToken(vocabulary: Vocabulary): number {
  if (vocabulary.longestToken !== undefined) return vocabulary.longestToken;
  let longest = 0;
  for (const token of (vocabulary as Map<string, number>).keys()) longest = Math.max(longest, token.length);
  return longest;
}

/** A vocabulary that is ready as it lies in a file. To make a Map of 30,000 tokens takes some 10 ms of a start, and a string for each token. */
export interface IndexedVocabulary {
  /** The tokens in the order of their ids, one a line. */
  lines: string;
  /** Where in `lines` the token of each id ends, in UTF-16 code units. */
  ends: Int32Array;
  /** A hash table with open addressing, at most half full, its length a power of two. A slot holds an id plus 1; 0 is an empty slot. */
  slots: Int32Array;
}

/** @param lines the tokens in the order of their ids, one a line */
export function indexVocabulary(lines: string): IndexedVocabulary {
  const tokens = lines.split('\n');
  const ends = new Int32Array(tokens.length);
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(tokens.length * 2)));
  let end = -1;
  for (const [id, token] of tokens.entries()) {
    end += 1 + token.length;
    ends[id] = end;
    let slot = hash(token) & (slots.length - 1);
    while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = id + 1;
  }
  return { lines, ends, slots };
}

/** The vocabulary of an index. A lookup is as fast as in a Map. */
export function vocabularyOf({ lines, ends, slots }: IndexedVocabulary): Vocabulary {
  function get(token: string): number | undefined {
    for (let slot = hash(token) & (slots.length - 1); slots[slot] !== 0; slot = (slot + 1) & (slots.length - 1)) {
      const id = slots[slot]! - 1;
      const start = id === 0 ? 0 : ends[id - 1]! + 1;
      if (ends[id]! - start === token.length && lines.startsWith(token, start)) return id;
    }
    return undefined;
  }
  let longest = 0;
  for (let id = 0; id < ends.length; id++) longest = Math.max(longest, ends[id]! - (id === 0 ? 0 : ends[id - 1]! + 1));
  return { get, has: (token) => get(token) !== undefined, longestToken: longest };
}

/** Source: FNV-1a of Fowler, Noll and Vo, over UTF-16 code units. It is folded, since the table uses the low bits only. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value ^ (value >>> 15);
}
