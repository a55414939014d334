/**
 * A JSON text in one form, whatever the order of members and the white space: members sorted by name as in RFC 8785, section 3.2.3. As there, numbers are
 * those of IEEE 754, and of two members with one name the last counts.
 *
 * @returns the text itself if it is none that `JSON.parse` reads
 */
export function canonicalJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text, (_name, value: unknown) => sorted(value)));
  } catch {
    return text;
  }
}

/** JSON.stringify writes names that are indices first, in any object: a list of entries keeps the order in both. */
function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
