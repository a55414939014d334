/*
 * A model's graph in both forms of its weights, stored in three files: the large tensors that both have, and what each has besides.
 */

/** Where a piece of a graph lies in memory, in bytes, `end` exclusive. */
export type Piece = readonly [start: number, end: number];

/**
 * Where two graphs hold the same tensors. In which order a graph has them, and what lies between them, onnxruntime decides anew each time.
 *
 * @param tensors what may lie in both, as bytes; no piece if it does not, or if another piece holds it already
 * @returns the pieces of the one graph and of the other, in the same order; none overlaps another
 */
export function sharedPieces(one: Buffer, other: Buffer, tensors: Iterable<Uint8Array>): [Piece[], Piece[]] {
  const inOne: Piece[] = [];
  const inOther: Piece[] = [];
  for (const tensor of tensors) {
    const [here, there] = [placeOf(tensor, one, inOne), placeOf(tensor, other, inOther)];
    if (here === undefined || there === undefined) continue;
    inOne.push(here);
    inOther.push(there);
  }
  return [inOne, inOther];
}

function placeOf(tensor: Uint8Array, graph: Buffer, taken: readonly Piece[]): Piece | undefined {
  const start = graph.indexOf(tensor);
  const end = start + tensor.length;
  return start < 0 || taken.some((piece) => start < piece[1] && piece[0] < end) ? undefined : [start, end];
}

/**
 * A graph's memory in the order of its two files: the pieces that are shared, in their order, and what lies before, between and behind them.
 */
export function partsOf(graph: Buffer, pieces: readonly Piece[]): { shared: Buffer[]; own: Buffer[] } {
  const inOrder = [...pieces].sort(([a], [b]) => a - b);
  const ends = [0, ...inOrder.map(([, end]) => end)];
  const starts = [...inOrder.map(([start]) => start), graph.length];
  return {
    shared: pieces.map(([start, end]) => graph.subarray(start, end)),
    own: ends.map((end, i) => graph.subarray(end, starts[i])),
  };
}
