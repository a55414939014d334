/** Strings, with the colon behind those that are keys; and what begins or ends an object or array. */
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/g;

/**
 * The keys that are in an object of a JSON text more than once. `JSON.parse` takes the last one and says nothing, so that a part of what somebody
 * wrote would be lost.
 *
 * @param text valid JSON
 */
export function keysTwice(text: string): string[] {
  const twice: string[] = [];
  /** Of the object or array that the token is in, and of those around it. */
  const open: Set<string>[] = [];
  for (const [token, string, colon] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (colon !== undefined) {
      const key = JSON.parse(string!) as string;
      if (open.at(-1)!.has(key)) twice.push(key);
      open.at(-1)!.add(key);
    }
  }
  return twice;
}
