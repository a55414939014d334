/** Something that is wrong with a document. It may name what the document says, but nothing of its `key`. */
export interface Fault {
  /** Where: the keys and the indexes that lead there. Empty for the document as a whole. */
  path: readonly (string | number)[];
  /** What was expected, and what came. */
  message: string;
}

/** Most faults that the message of an error names. */
const MAX_NAMED = 20;

/** A policy cannot be used. */
export class PolicyError extends Error {
  override name = 'PolicyError';
  /** All that is wrong. At least one. */
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    const more = faults.length - MAX_NAMED;
    super(faults.slice(0, MAX_NAMED).map(describeFault).join('; ') + (more > 0 ? `; and ${more} more` : ''));
    this.faults = faults;
  }
}

/** `redaction[2].action: Expected ...`. */
export function describeFault({ path, message }: Fault): string {
  const place = placeOf(path);
  return place === '' ? message : `${place}: ${message}`;
}

function placeOf(path: readonly (string | number)[]): string {
  return path.map((key, at) => (typeof key === 'number' ? `[${key}]` : at === 0 ? key : `.${key}`)).join('');
}
