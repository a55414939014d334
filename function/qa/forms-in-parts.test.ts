import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partsOf, sharedPieces } from './forms-in-parts.ts';

/** Tensors, some of them twice, and two graphs that hold them in an order of their own among other bytes. */
const twoGraphs = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 6 }).chain((tensors) => {
  const graph = fc
    .tuple(
      fc.shuffledSubarray([...tensors, ...tensors]),
      fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 12, maxLength: 12 }),
    )
    .map(([held, between]) => Buffer.concat(held.flatMap((tensor, i) => [between[i]!, tensor])));
  return fc.tuple(graph, graph, fc.constant(tensors));
});

test('either graph comes out of what both share and what it has besides', () => {
  fc.assert(
    fc.property(twoGraphs, ([one, other, tensors]) => {
      const [inOne, inOther] = sharedPieces(one, other, tensors);
      const shared = Buffer.concat(partsOf(one, inOne).shared);
      for (const [graph, pieces] of [
        [one, inOne],
        [other, inOther],
      ] as const) {
        const memory = Buffer.alloc(graph.length);
        const parts = partsOf(memory, pieces);
        fill(parts.shared, shared);
        fill(parts.own, Buffer.concat(partsOf(graph, pieces).own));
        expect(memory.equals(graph)).toBe(true);
      }
    }),
  );
});

function fill(pieces: Buffer[], bytes: Buffer): void {
  let at = 0;
  for (const piece of pieces) at += bytes.copy(piece, 0, at, at + piece.length);
  expect(at).toBe(bytes.length);
}

test('a tensor is shared wherever the two graphs have it, once, and not where one lacks it', () => {
  const [one, other] = [Buffer.from('..embeddings.positions..weights'), Buffer.from('positions...WEIGHTS..embeddings')];
  const tensors = ['embeddings', 'weights', 'positions', 'positions', 'embed'].map((text) => Buffer.from(text));
  expect(sharedPieces(one, other, tensors)).toEqual([
    [
      [2, 12],
      [13, 22],
    ],
    [
      [21, 31],
      [0, 9],
    ],
  ]);
});
