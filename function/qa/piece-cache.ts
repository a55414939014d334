/** Pieces whose tokens are remembered: 20 MB when full. English prose of a million words has some 30,000 different ones. */
const CACHED_PIECES = 25_000;

/** UTF-16 code units of the longest piece that is remembered; hardly any word is longer. */
const LONGEST_PIECE = 50;

/** Remembers what `encode` made of a piece of text: the same words come again and again. */
export function remembered<T>(encode: (piece: string) => T): (piece: string) => T {
  const cache = new Map<string, T>();
  return (piece) => {
    const known = cache.get(piece);
    if (known !== undefined) return known;
    const encoded = encode(piece);
    if (piece.length > LONGEST_PIECE) return encoded;
    if (cache.size >= CACHED_PIECES) cache.clear();
    // A copy: V8 cuts a piece out of a text without copying it, and the piece would keep the whole text in memory.
    cache.set(Buffer.from(piece, 'utf16le').toString('utf16le'), encoded);
    return encoded;
  };
}
