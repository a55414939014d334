const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

// biome-ignore lint/suspicious/noControlCharactersInRegex: a key may hold any, and the answer must still be XML
const CONTROL = /[\0-\x08\x0b-\x1f\x7f]/g;

export function element(name: string, text: string | number | boolean): string {
  return `<${name}>${escaped(String(text))}</${name}>`;
}

/** A whole document; `inner` is XML already. S3's errors have no namespace, everything else has. */
export function xmlDocument(name: string, inner: string): string {
  const start = name === 'Error' ? name : `${name} xmlns="${NAMESPACE}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${start}>${inner}</${name}>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(CONTROL, (character) => `&#${character.charCodeAt(0)};`);
}
