import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asciiOf, endOffsetOf, offsetOf, subjectOf } from './subject.ts';

const looks = (text: string): string => {
  const subject = subjectOf(text);
  return asciiOf(subject, subject.start, subject.end);
};

test.each(Intl.supportedValuesOf('numberingSystem'))('the digits of the numbering system %s', (system) => {
  const digits = new Intl.NumberFormat(`en-u-nu-${system}`, { useGrouping: false }).format(9876543210);
  // The Chinese digits are words: they are no decimal digits of Unicode.
  if (/^\p{Nd}+$/u.test(digits)) expect(looks(digits)).toBe('9876543210');
  else expect(looks(digits)).not.toMatch(/[0-9]/);
});

test('all that Unicode folds to one digit', () => {
  for (let point = 0x80; point < 0x20000; point++) {
    const character = String.fromCodePoint(point);
    const digit = character.normalize('NFKC');
    if (/^[0-9]{1,2}$/.test(digit)) expect(looks(character), point.toString(16)).toBe(digit);
  }
});

test('every place leads back to the characters that it stands for', () => {
  const seen = fc.constantFrom('a', '7', ' ', 'é', '４', '𝟒', '😀', '\ud800', '漢', '⑫');
  const unseen = fc.constantFrom('', '', '\u200b', '\u{e0041}');
  fc.assert(
    fc.property(fc.array(fc.tuple(seen, unseen), { minLength: 1 }), (characters) => {
      const text = characters.map((each) => each.join('')).join('');
      const subject = subjectOf(text);
      const read = new Set<string>();
      for (let at = subject.start; at < subject.end; at++) {
        read.add(`${offsetOf(subject, at)} ${endOffsetOf(subject, at + 1)}`);
      }
      let offset = 0;
      const expected = characters.map(([one, behind]) => {
        const place = `${offset} ${offset + one.length}`;
        offset += one.length + behind.length;
        return place;
      });
      expect([...read]).toEqual(expected);
    }),
  );
});
