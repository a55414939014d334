/** The part of an object that a `Range` header asks for, both ends included. */
export interface Range {
  start: number;
  end: number;
}

/**
 * @param header `bytes=0-99`, `bytes=100-`, or `bytes=-100` for the last hundred
 * @param bytes of the object
 * @returns undefined for the whole object: where there is no header, or S3 ignores it, because it is malformed or asks for several ranges;
 *   `unsatisfiable` where the range begins after the object's end
 */
export function rangeOf(header: string | undefined, bytes: number): Range | 'unsatisfiable' | undefined {
  const [, from, to, suffix] = /^bytes=(?:(\d+)-(\d*)|-(\d+))$/i.exec(header?.trim() ?? '') ?? [];
  if (suffix !== undefined) {
    const length = Math.min(bytes, Number(suffix));
    return length === 0 ? 'unsatisfiable' : { start: bytes - length, end: bytes - 1 };
  }
  if (from === undefined) return undefined;
  const start = Number(from);
  const end = to ? Number(to) : Number.POSITIVE_INFINITY;
  if (start > end) return undefined;
  return start >= bytes ? 'unsatisfiable' : { start, end: Math.min(end, bytes - 1) };
}
