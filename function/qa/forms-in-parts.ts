/*
 * A model's graph in both forms of its weights, stored in three parts: what both have at the same place, and what each has for itself. They are some
 * hundred pieces each, in turn: a tensor of weights, a scale, the next tensor.
 */

/** Where the two forms differ: [start, end) of each piece in bytes, in order. */
export type Pieces = readonly (readonly [start: number, end: number])[];

/** Two pieces that are less than this apart are stored as one, in bytes. */
const LEAST_APART = 64;

/**
 * @throws Error when the files are not of one length
 */
export function differingPieces(one: Uint8Array, other: Uint8Array): Pieces {
  if (one.length !== other.length) {
    throw new Error(`Expected both forms of a model to have one length, got ${one.length} and ${other.length} bytes`);
  }
  const pieces: [number, number][] = [];
  for (let at = 0; at < one.length; at++) {
    if (one[at] === other[at]) continue;
    const last = pieces.at(-1);
    if (last !== undefined && at - last[1] < LEAST_APART) last[1] = at + 1;
    else pieces.push([at, at + 1]);
  }
  return pieces;
}

/** A graph's memory as the two files have it: what is shared, and what is of one form only. */
export function partsOf(graph: Buffer, differing: Pieces): { shared: Buffer[]; own: Buffer[] } {
  const ends = [0, ...differing.map(([, end]) => end)];
  const starts = [...differing.map(([start]) => start), graph.length];
  return {
    shared: ends.map((end, i) => graph.subarray(end, starts[i])),
    own: differing.map(([start, end]) => graph.subarray(start, end)),
  };
}
