import { BASE64, code, DIGIT, UPPER_OR_DIGIT } from './characters.ts';
import type { Span, Subject } from './subject.ts';
import { isNear } from './surroundings.ts';

/** AWS, "IAM identifiers", unique ID prefixes: access keys, temporary ones, bearer tokens, context-specific credentials. */
const PREFIXES = new Set(['AKIA', 'ASIA', 'ABIA', 'ACCA']);
const ID_LENGTH = 20;
const SECRET_LENGTH = 40;
const LABEL = /secret|access.?key|aws|(?:AKIA|ASIA)[A-Z0-9]{16}/i;

/** With these it is part of a longer word. */
const LONGER = new Uint8Array(256);
for (const character of '-_') LONGER[code(character)] = 1;

/**
 * An access key id of AWS.
 *
 * @param at its first letter
 */
export function awsKeyId({ codes }: Subject, at: number): Span | undefined {
  if (UPPER_OR_DIGIT[codes[at + 3]!] === 0 || BASE64[codes[at - 1]!] === 1) return undefined;
  if (!PREFIXES.has(String.fromCharCode(codes[at]!, codes[at + 1]!, codes[at + 2]!, codes[at + 3]!))) return undefined;
  let end = at + 4;
  while (end < at + ID_LENGTH && UPPER_OR_DIGIT[codes[end]!] === 1) end++;
  return end === at + ID_LENGTH && BASE64[codes[end]!] === 0 ? { start: at, end } : undefined;
}

/**
 * Secret access keys of AWS: exactly 40 characters of base64, near a word that says so or an access key id. It looks at
 * every 40th character only: a key cannot lie between two of them.
 */
export function awsSecrets(subject: Subject, report: (span: Span) => void): void {
  const { codes, end: length } = subject;
  let free = subject.start;
  for (let probe = subject.start + SECRET_LENGTH - 1; probe < length; probe = free + SECRET_LENGTH - 1) {
    let start = probe;
    while (start > free && BASE64[codes[start - 1]!] === 1) start--;
    let end = probe;
    while (BASE64[codes[end]!] === 1) end++;
    free = end + 1;
    if (end === probe) continue;
    if (end - start !== SECRET_LENGTH || LONGER[codes[start - 1]!] === 1 || LONGER[codes[end]!] === 1) continue;
    if (isMixed(codes, start) && isNear(LABEL, subject, { start, end })) report({ start, end });
  }
}

/** Both cases and a digit: no digest in hexadecimal, no path, no name in a program. One key in a thousand has no digit. */
function isMixed(codes: Uint8Array, start: number): boolean {
  let [hasUpper, hasLower, hasDigit] = [false, false, false];
  for (let place = start; place < start + SECRET_LENGTH; place++) {
    const here = codes[place]!;
    if (here >= code('A') && here <= code('Z')) hasUpper = true;
    else if (here >= code('a') && here <= code('z')) hasLower = true;
    else if (DIGIT[here] === 1) hasDigit = true;
  }
  return hasUpper && hasLower && hasDigit;
}
