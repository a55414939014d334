import { hash } from './vocabulary.ts';

/** Most pieces whose tokens are remembered: 20 MB when full. English prose of a million words has some 30,000 different ones. */
const CACHED_PIECES = 25_000;

/** UTF-16 code units of the longest piece that is remembered. Hardly any word is longer. */
const LONGEST_PIECE = 50;

/** Slots for the hashes of pieces that came once: a power of two. */
const SEEN_PIECES = 2 ** 16;

/**
 * Remembers what `encode` returned for a piece of text, as the same words come again and again.
 *
 * A piece is remembered when it comes for the second time. Half of the different words of a text come once, as do numbers and names. Remembering those would fill the memory
 * with entries that are soon thrown away, and garbage collection of them is slow.
 *
 * Source: the doorkeeper of TinyLFU (Einziger, Friedman, Manes 2017).
 */
export function remembered<T>(
  encode: (piece: string, checkTime: () => void) => T,
): (piece: string, checkTime?: () => void) => T {
  const cache = new Map<string, T>();
  const seen = new Int32Array(SEEN_PIECES);
  return (piece, checkTime = () => {}) => {
    const known = cache.get(piece);
    if (known !== undefined) return known;
    const encoded = encode(piece, checkTime);
    if (piece.length > LONGEST_PIECE) return encoded;
    const mark = hash(piece);
    const place = mark & (SEEN_PIECES - 1);
    if (seen[place] !== mark) {
      seen[place] = mark;
      return encoded;
    }
    if (cache.size >= CACHED_PIECES) cache.clear();
    // The key is a copy: a slice in V8 shares the memory of its text, so it would keep the whole text in memory.
    cache.set(Buffer.from(piece, 'utf16le').toString('utf16le'), encoded);
    return encoded;
  };
}
