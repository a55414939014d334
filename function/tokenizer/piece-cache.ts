import { hash } from './vocabulary.ts';

/** Pieces whose tokens are remembered: 20 MB when full. English prose of a million words has some 30,000 different ones. */
const CACHED_PIECES = 25_000;

/** UTF-16 code units of the longest piece that is remembered; hardly any word is longer. */
const LONGEST_PIECE = 50;

/** Pieces of which it is known that they came before, but not what they are: a power of two. */
const SEEN_PIECES = 2 ** 16;

/**
 * Remembers what `encode` made of a piece of text: the same words come again and again.
 *
 * A piece is remembered when it comes for the second time. Half of the different words of a language come once, as do numbers and names: remembered, they
 * would fill the memory with what is thrown away later, and V8 takes its time with that.
 *
 * Source: the doorkeeper of TinyLFU (Einziger, Friedman, Manes 2017).
 */
export function remembered<T>(encode: (piece: string, look: () => void) => T): (piece: string, look?: () => void) => T {
  const cache = new Map<string, T>();
  const seen = new Int32Array(SEEN_PIECES);
  return (piece, look = () => {}) => {
    const known = cache.get(piece);
    if (known !== undefined) return known;
    const encoded = encode(piece, look);
    if (piece.length > LONGEST_PIECE) return encoded;
    const mark = hash(piece);
    const place = mark & (SEEN_PIECES - 1);
    if (seen[place] !== mark) {
      seen[place] = mark;
      return encoded;
    }
    if (cache.size >= CACHED_PIECES) cache.clear();
    // A copy: V8 cuts a piece out of a text without copying it, and the piece would keep the whole text in memory.
    cache.set(Buffer.from(piece, 'utf16le').toString('utf16le'), encoded);
    return encoded;
  };
}
