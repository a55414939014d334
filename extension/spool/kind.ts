/**
 * What a segment holds, and so the object that it becomes: records, labels, or the whole payloads of one record, which have an object of their own.
 * Every kind has a prefix of its own, and all share the limits of the spool.
 */
export const KINDS = ['record', 'label', 'payload'] as const;
export type Kind = (typeof KINDS)[number];

/** The kinds whose segments grow line by line. */
export type GrowingKind = Exclude<Kind, 'payload'>;

/** How many lines there are of each kind. */
export type Counts = Record<Kind, number>;

export function noCounts(): Counts {
  return { record: 0, label: 0, payload: 0 };
}
