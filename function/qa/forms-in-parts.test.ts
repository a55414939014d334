import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differingPieces, partsOf } from './forms-in-parts.ts';

/** Two files of one length that differ in runs. */
const twoForms = fc
  .array(fc.tuple(fc.uint8Array({ maxLength: 200 }), fc.boolean()), { maxLength: 12 })
  .map((runs) => [
    Buffer.concat(runs.map(([bytes]) => bytes)),
    Buffer.concat(runs.map(([bytes, differs]) => (differs ? bytes.map((byte) => byte ^ 0x80) : bytes))),
  ]) as fc.Arbitrary<[Buffer, Buffer]>;

test('either form comes out of what both share and what it has for itself', () => {
  fc.assert(
    fc.property(twoForms, ([one, other]) => {
      const differing = differingPieces(one, other);
      const shared = Buffer.concat(partsOf(one, differing).shared);
      for (const form of [one, other]) {
        const own = Buffer.concat(partsOf(form, differing).own);
        const memory = Buffer.alloc(form.length, 0xaa);
        const parts = partsOf(memory, differing);
        fill(parts.shared, shared);
        fill(parts.own, own);
        expect(memory.equals(form)).toBe(true);
        expect(shared.length + own.length).toBe(form.length);
      }
    }),
  );
});

function fill(pieces: Buffer[], bytes: Buffer): void {
  let at = 0;
  for (const piece of pieces) at += bytes.copy(piece, 0, at, at + piece.length);
}

test('what is the same is shared, but for a few bytes between two differences', () => {
  const one = Buffer.alloc(1000);
  const other = Buffer.from(one);
  for (const at of [10, 12, 500]) other[at] = 1;
  expect(differingPieces(one, other)).toEqual([
    [10, 13],
    [500, 501],
  ]);
  expect(differingPieces(one, one)).toEqual([]);
});

test('files of two lengths are not two forms', () => {
  expect(() => differingPieces(Buffer.alloc(3), Buffer.alloc(4))).toThrow(
    'Expected both forms of a model to have one length, got 3 and 4 bytes',
  );
});
