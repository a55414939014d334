/** Country codes of one and two digits: ITU-T, "List of Recommendation ITU-T E.164 assigned country codes". */
const SHORT =
  '1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98';
/** Of three digits; those that no one can dial (800 and 88x, 97x of services and satellites) are among them. */
const LONG =
  '21[12368] 22\\d 23\\d 24\\d 25[0-8] 26\\d 29[01789] 35\\d 37\\d 38[0-35-79] 42[013] 50\\d 59\\d 67[02-9] 68[0-35-9] 69[0-2] 80[08] 85[02356] 87[0-489] 88[01236-8] 96[0-8] 97[0-79] 99[2-689]';
/** Digits after the country code where one length is common, by code: national numbering plans, ITU-T E.129. */
const NATIONAL: Readonly<Record<number, readonly [least: number, most: number]>> = {
  1: [10, 10],
  7: [10, 10],
  33: [9, 9],
  34: [9, 9],
  44: [9, 10],
  49: [6, 11],
};
/** E.164, section 6: 15 digits with the country code. */
const MAX_DIGITS = 15;
/** Small islands have four digits behind their code. */
const MIN_DIGITS = 7;

/** Digits of the whole number, by the code's first three digits: least * 16 + most; 0: no country. */
const RANGES = new Uint8Array(1000);
for (const code of SHORT.split(' ')) {
  const size = code.length;
  const [least, most] = NATIONAL[Number(code)] ?? [MIN_DIGITS + 1 - size, MAX_DIGITS - size];
  const [first, count] = [Number(code.padEnd(3, '0')), 10 ** (3 - size)];
  RANGES.fill((least + size) * 16 + most + size, first, first + count);
}
const long = new RegExp(`^(?:${LONG.replaceAll(' ', '|')})$`);
for (let prefix = 200; prefix < 1000; prefix++) {
  if (long.test(String(prefix))) RANGES[prefix] = MIN_DIGITS * 16 + MAX_DIGITS;
}

/** How many digits an international number has that begins with these three, country code included. [0, 0]: no country. */
export function internationalLength(prefix: number): readonly [least: number, most: number] {
  const range = RANGES[prefix]!;
  return [range >> 4, range & 15];
}
