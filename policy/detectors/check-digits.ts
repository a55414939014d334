/** Digits are their values, 0 to 9, in reading order. */
export type Digits = Readonly<Uint8Array>;

/** Luhn's formula: US patent 2950048, and ISO/IEC 7812-1, annex B. */
export function luhn(digits: Digits, count: number): boolean {
  let sum = 0;
  for (let place = 0; place < count; place++) {
    const digit = digits[place]!;
    const isDoubled = (count - place) % 2 === 0;
    sum += isDoubled ? digit * 2 - (digit > 4 ? 9 : 0) : digit;
  }
  return sum % 10 === 0;
}

/** ISO 7064, MOD 11,10: the German tax id. */
export function mod11and10(digits: Digits, count: number): boolean {
  let product = 10;
  for (let place = 0; place < count - 1; place++) {
    const sum = (digits[place]! + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (digits[count - 1]! + product) % 10 === 1;
}

/** Weights 10 to 2 and the check digit, modulo 11: NHS Data Model and Dictionary, "NHS NUMBER". A check digit of 10 is not issued. */
export function weightedMod11(digits: Digits): boolean {
  let sum = 0;
  for (let place = 0; place < 10; place++) sum += digits[place]! * (10 - place);
  return sum % 11 === 0;
}

/** The letter of a Spanish DNI or NIE by its number modulo 23: Real Decreto 1553/2005, and the Ministerio del Interior's table. */
export const LETTERS_OF_23 = 'TRWAGMYFPDXBNJZSQVHLCKE';
