/** @returns what a JSON text says; undefined where it is none. The parser's own error quotes the text, so it goes no further */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isJson(text: string): boolean {
  return parseJson(text) !== undefined; // no JSON says that
}
