import { code, DIGIT, SEPARATOR, upper, WORD } from './characters.ts';
import type { Span, Subject } from './subject.ts';

const LENGTH = 15;
/** Bit n: a separator may stand before character n. As in `2 53 07 2A 073 004 43`. */
const CUTS = [1, 3, 5, 7, 10, 13].reduce((all, place) => all | (1 << place), 0);
const [A, B] = [code('A'), code('B')];
const values = new Uint8Array(LENGTH);

/**
 * A NIR of France, "numéro de sécurité sociale", from its first digit on: sex, year, month, place and number of birth,
 * and a key, 97 minus the rest of the other 13 characters modulo 97. Corsica's departments 2A and 2B count as 19 and 18
 * (INSEE, "Répertoire national d'identification des personnes physiques").
 */
export function frNir({ codes }: Subject, at: number): Span | undefined {
  let end = at;
  let corsican = 0;
  for (let place = 0; place < LENGTH; place++) {
    const isCut = (CUTS & (1 << place)) !== 0;
    if (isCut && SEPARATOR[codes[end]!] === 1) end++;
    const here = upper(codes[end++]!);
    if (DIGIT[here] === 1) values[place] = here - 0x30;
    else if (place === 6 && values[5] === 2 && (here === A || here === B)) corsican = here;
    else return undefined;
  }
  if (WORD[codes[end]!] === 1 || WORD[codes[at - 1]!] === 1) return undefined;
  if (corsican !== 0) [values[5], values[6]] = corsican === A ? [1, 9] : [1, 8];
  if (!isPerson() || key(13) !== values[13]! * 10 + values[14]!) return undefined;
  const before = codes[at - 1];
  const isInside = (before === code('.') || before === code('-')) && DIGIT[codes[at - 2]!] === 1;
  return isInside ? undefined : { start: at, end };
}

/** 1 and 2, and 3, 4, 7, 8 for those who have no final number yet; months above 12 for an unknown one. */
function isPerson(): boolean {
  const [sex, month] = [values[0]!, values[3]! * 10 + values[4]!];
  const isSex = (sex >= 1 && sex <= 4) || sex === 7 || sex === 8;
  return isSex && ((month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50);
}

function key(count: number): number {
  let rest = 0;
  for (let place = 0; place < count; place++) rest = (rest * 10 + values[place]!) % 97;
  return 97 - rest;
}
