import { code, IDEOGRAPH, WORD } from './characters.ts';
import type { Span, Subject } from './subject.ts';

const [SLASH, COLON, AT] = ['/', ':', '@'].map(code) as [number, number, number];
const MAX_SCHEME = 32;

/** What ends the authority of a URL (RFC 3986, section 3.2), and what surrounds a URL in a text. */
const ENDS = new Uint8Array(256);
for (let control = 0; control <= 0x20; control++) ENDS[control] = 1;
for (const character of '/?#"\'<>\\`') ENDS[code(character)] = 1;

const SCHEME = new Uint8Array(WORD);
for (const character of '+-.') SCHEME[code(character)] = 1;
const HOST = new Uint8Array(WORD);
for (const character of '.-:[]_%') HOST[code(character)] = 1;
HOST[IDEOGRAPH] = 1;

/**
 * A URL with a password, from its scheme to its host and port: `scheme://user:password@host:port`. The user may be
 * empty. A password may hold an at sign: the last one of the authority counts.
 *
 * @param at the colon before two slashes
 */
export function urlCredentials({ codes }: Subject, at: number): Span | undefined {
  if (codes[at + 1] !== SLASH || codes[at + 2] !== SLASH) return undefined;
  let start = at;
  while (at - start < MAX_SCHEME && SCHEME[codes[start - 1]!] === 1) start--;
  if (start === at) return undefined;
  let [colon, host] = [0, 0];
  for (let place = at + 3; ENDS[codes[place]!] === 0; place++) {
    if (codes[place] === COLON && colon === 0) colon = place;
    else if (codes[place] === AT) host = place + 1;
  }
  if (colon === 0 || host < colon + 3) return undefined;
  let end = host;
  while (HOST[codes[end]!] === 1) end++;
  while (end > host && (codes[end - 1] === code('.') || codes[end - 1] === COLON)) end--;
  return end > host ? { start, end } : undefined;
}
