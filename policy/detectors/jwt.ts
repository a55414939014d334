import { BASE64URL, code } from './characters.ts';
import { asciiOf, type Span, type Subject } from './subject.ts';

const DOT = code('.');
/** A header names an algorithm and a key. */
const MAX_HEADER = 8192;

/**
 * A JSON Web Token (RFC 7519) whose first three characters end at a place: the header is a JSON object with `alg`. The
 * signature may be missing; a JWE (RFC 7516) has five parts.
 *
 * @param at the `J` of `eyJ`, which is `{"` in base64
 */
export function jwt(subject: Subject, at: number): Span | undefined {
  const { codes } = subject;
  const start = at - 2;
  if (codes[at - 1] !== code('y') || codes[start] !== code('e') || BASE64URL[codes[start - 1]!] === 1) return undefined;
  const headerEnd = afterPart(codes, start);
  if (codes[headerEnd] !== DOT || headerEnd - start > MAX_HEADER || BASE64URL[codes[headerEnd + 1]!] === 0)
    return undefined;
  if (!namesAlgorithm(asciiOf(subject, start, headerEnd))) return undefined;
  let end = headerEnd;
  for (let part = 1; part < 5 && codes[end] === DOT; part++) end = afterPart(codes, end + 1);
  return { start, end: codes[end - 1] === DOT ? end - 1 : end };
}

function afterPart(codes: Uint8Array, start: number): number {
  let end = start;
  while (BASE64URL[codes[end]!] === 1) end++;
  return end;
}

function namesAlgorithm(header: string): boolean {
  const text = Buffer.from(header, 'base64url').toString();
  // A failure to parse is slow, and here it is the rule.
  if (!text.includes('"alg"') || !text.endsWith('}')) return false;
  try {
    const fields = JSON.parse(text) as unknown;
    return typeof fields === 'object' && fields !== null && 'alg' in fields;
  } catch {
    return false;
  }
}
