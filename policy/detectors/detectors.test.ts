import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFind, DETECTORS, type DetectorName } from './detectors.ts';

const find = createFind(DETECTORS);
const found = (text: string) => find(text).map(({ start, end, name }) => [name, text.slice(start, end)]);
const foundAlone = (name: DetectorName, text: string) =>
  createFind([name])(text).map(({ start, end }) => text.slice(start, end));

/**
 * What is found stands in brackets: ⟦ ⟧. The values are those that others publish as examples: the documentation of
 * python-stdnum, tests of Presidio, the IBAN registry, test cards of payment services, AWS's documentation, RFC 4291.
 */
const FOUND: readonly (readonly [DetectorName, string])[] = [
  ['email', 'Write to ⟦info@presidio.site⟧.'],
  ['email', '⟦jane.doe+tag@mail.example.co.uk⟧, or later'],
  ['email', '{"to":"⟦user@xn--80ak6aa92e.com⟧"}'],
  ['email', "⟦o'brien@example.org⟧"],
  ['email', 'an ⟦"john doe"@example.org⟧ of old'],
  ['email', '⟦jürgen@müller.example⟧ ⟦иван@пример.рф⟧'],
  ['email', '请联系⟦bob@example.com⟧谢谢'],
  ['email', 'https://example.org/?to=⟦bob@example.org⟧&x=1'],
  ['phone', 'at ⟦+1 415 555 0132⟧ or ⟦(415) 555-0132⟧'],
  ['phone', '⟦+44 (0)20 7946 0958⟧; ⟦020 7946 0958⟧; ⟦07700 900 123⟧'],
  ['phone', '⟦0049 30 1234567⟧, ⟦030 1234567⟧, ⟦0171/1234567⟧, ⟦(0221) 123456⟧'],
  ['phone', '(⟦01 23 45 67 89⟧) et ⟦01.23.45.67.89⟧'],
  ['phone', '⟦612 345 678⟧, ⟦91 234 56 78⟧, ⟦+34612345678⟧'],
  ['phone', '⟦415-555-0132x123⟧ and ⟦415.555.0132 ext. 4⟧'],
  ['phone', 'phone: ⟦4155550132⟧; Tel. ⟦0301234567⟧; "mobilePhone":"⟦13812345678⟧"'],
  ['card', '⟦4012888888881881⟧ ⟦4012-8888-8888-1881⟧ ⟦4012 8888 8888 1881⟧'],
  ['card', 'amex ⟦3714 496353 98431⟧, cvv 123'],
  ['card', '⟦4012 8888 8888 1881⟧ 123'],
  ['iban', '⟦GB82 WEST 1234 5698 7654 32⟧ or ⟦DE89370400440532013000⟧'],
  ['iban', 'iban=⟦fr1420041010050500013m02606⟧&x'],
  ['ipv4', 'from ⟦192.168.0.1⟧:8080 and ⟦10.0.0.1⟧-⟦10.0.0.9⟧.'],
  ['ipv6', 'http://[⟦2001:db8::1⟧]:80/, ip:⟦fe80::1⟧%eth0, value:⟦2001:db8::7⟧, ⟦2001:db8:0:0:1:0:0:1⟧.'],
  ['ipv6', '⟦::ffff:192.0.2.128⟧'],
  ['us-ssn', '⟦078-05-1123⟧, ⟦078 05 1123⟧; SSN ⟦078051123⟧'],
  ['uk-nhs', '⟦401-023-2137⟧, ⟦221 395 1837⟧; NHS number ⟦0032698674⟧'],
  ['de-tax-id', '⟦36574261809⟧, ⟦36 574 261 809⟧'],
  ['fr-nir', '⟦2 95 10 99 126 111 93⟧, ⟦295109912611193⟧, ⟦253072B07300470⟧, ⟦2 53 07 2A 073 004 43⟧'],
  ['es-dni', '⟦54362315K⟧, ⟦54362315-K⟧, ⟦54.362.315-K⟧, ⟦X9613851N⟧, ⟦y-8063915-z⟧'],
  ['aws-key', 'AWS_ACCESS_KEY_ID=⟦AKIAIOSFODNN7EXAMPLE⟧'],
  ['aws-key', 'aws_secret_access_key = ⟦wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY⟧'],
  ['aws-key', '⟦ASIAIOSFODNN7EXAMPLE⟧ ⟦wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY⟧'],
  ['jwt', 'Bearer ⟦eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl⟧"'],
  ['jwt', '⟦eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0⟧. It is not signed'],
  ['url-credentials', '⟦postgres://user:pa:ss@db.example:5432⟧/name?x'],
  ['url-credentials', '⟦redis://:p@ss@127.0.0.1⟧/0'],
];

test.each(FOUND)('%s: %s', (name, marked) => {
  const text = marked.replaceAll(/[⟦⟧]/g, '');
  const expected = [...marked.matchAll(/⟦(.*?)⟧/g)].map(([, value]) => value!);
  expect(found(text)).toEqual(expected.map((value) => [name, value]));
  expect(foundAlone(name, text)).toEqual(expected);
});

test.each([
  ['an address without a top-level domain', 'me@localhost, lodash@4.17.21, @name, a @ b.example, info@presidio.'],
  ['years, times and prices', 'In 1999-2004 and 2007/2008, 12:34:56, $1,234.56, 10 000 000, 650 000 000 people'],
  ['times of machines', '2026-11-23T21:00:00.123Z 1764021600 1764021600123 1764021600123456 20261123210000'],
  ['versions', 'version 1.2.3.4, v1.2.3.4, 1.2.3.4.5, 0.17.3.2, 45.0.2454.85-0'],
  ['identifiers', '550e8400-e29b-41d4-a716-446655440000 and 12345678-1234-4123-8123-123456789012'],
  ['books', 'ISBN 978-3-16-148410-0, 0-306-40615-2, 9780521275569'],
  ['scores', '{"score":0.5105105105105100,"z":-4.012888888881881e-7,"tokens":[101,2040,2003,1996,102]}'],
  ['hexadecimal', 'da39a3ee5e6b4b0d3255bfef95601890afd80709 4012888888881881af 00:1A:2B:3C:4D:5E'],
  ['code', 'std::vector<int>, dead::beef, x[1::2], a ? b : c, fe::read()'],
  [
    'a wrong check digit',
    '4012888888881882, DE88370400440532013000, 401-023-2138, 36574261890, 54362315Z, 295109912611199',
  ],
  ['a card of no issuer', '9012888888881886'],
  ['numbers that are never assigned', 'SSN 000-12-3456, 666-12-3456, 912-12-3456, 123-00-4567, 123-45-0000'],
  ['ten digits without a word', '4155550132 or 0032698674, 078051123'],
  [
    'what only looks like a token',
    'eyJub3QiOiJhIGhlYWRlciJ9.eyJh.c2ln, eyJ.eyJ.eyJ, AKIAIOSFODNN7EXAMPLES, TODAYINASIAASACKOFRICEFELLOVER',
  ],
  ['40 characters that no word announces', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
  ['a URL without a password', 'https://example.org:8080/a@b, ssh://git@localhost, https://user:@localhost'],
])('finds nothing in %s', (_, text) => {
  expect(found(text)).toEqual([]);
});

/** The same number in other characters, and what each of them is. */
test.each([
  ['fullwidth', 'card ⟦４０１２　８８８８　８８８８　１８８１⟧', 'card'],
  ['Arabic-Indic digits', '⟦٤٠١٢٨٨٨٨٨٨٨٨١٨٨١⟧', 'card'],
  ['Devanagari digits', '⟦४०१२-८८८८-८८८८-१८८१⟧', 'card'],
  ['mathematical digits', '⟦𝟒𝟎𝟏𝟐𝟖𝟖𝟖𝟖𝟖𝟖𝟖𝟖𝟏𝟖𝟖𝟏⟧', 'card'],
  ['superscript', '⟦⁴⁰¹²⁸⁸⁸⁸⁸⁸⁸⁸¹⁸⁸¹⟧', 'card'],
  ['circled, one of them two digits', '⟦④⓪⑫⑧⑧⑧⑧⑧⑧⑧⑧①⑧⑧①⟧', 'card'],
  ['keycaps', '⟦4️⃣0️⃣1️⃣2️⃣8️⃣8️⃣8️⃣8️⃣8️⃣8️⃣8️⃣8️⃣1️⃣8️⃣8️⃣1️⃣⟧', 'card'],
  ['spaces that do not break', '⟦4012\u00a08888\u202f8888\u20091881⟧', 'card'],
  ['dashes', '⟦4012–8888‑8888−1881⟧', 'card'],
  ['soft hyphens and what has no width', '⟦4012\u00ad8888\u200b8888\u20601881⟧', 'card'],
  ['marks of direction', '\u202b⟦4012\u200e8888\u200f8888\u20661881⟧\u202c', 'card'],
  ['an at sign and dots of full width', '⟦bob＠example．co。uk⟧', 'email'],
  ['a hidden break', '⟦bo\u200bb@exam\u200dple.com⟧', 'email'],
  ['mathematical letters', '⟦𝓫𝓸𝓫@𝓮𝔁𝓪𝓶𝓹𝓵𝓮.𝓬𝓸𝓶⟧', 'email'],
  ['letters of full width', '⟦ＧＢ８２ＷＥＳＴ１２３４５６９８７６５４３２⟧', 'iban'],
  ['a plus of full width', '⟦＋４４　２０　７９４６　０９５８⟧', 'phone'],
  ['dots of another height', '⟦192․168․0․1⟧', 'ipv4'],
  ['colons of full width', '⟦2001：db8：：1⟧', 'ipv6'],
])('finds %s: %s', (_, marked, name) => {
  const text = marked.replaceAll(/[⟦⟧]/g, '');
  // The last mark of a keycap has no look of its own.
  const value = /⟦(.*?)[\ufe0f\u20e3]*⟧/.exec(marked)![1]!;
  expect(found(`😀 ${text} é`)).toEqual([[name, value]]);
});

describe('findings', () => {
  const parts = fc.constantFrom(
    ...FOUND.map(([, marked]) => marked.replaceAll(/[⟦⟧]/g, '')),
    ...['@', '://', '::', 'eyJ', 'AKIA', '1 ', '0', '+', '(', ').', '-', '\u200b', '４', '😀', 'é', '\ud800', '\0'],
  );
  const texts = fc.array(fc.oneof(parts, fc.string({ unit: 'binary' }))).map((all) => all.join(''));

  test('are in order, within the text, and do not overlap, in any text', () => {
    fc.assert(
      fc.property(texts, (text) => {
        let last = 0;
        for (const { start, end } of find(text)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  test('of all detectors cover those of each one', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom(...DETECTORS), (text, name) => {
        const all = find(text);
        for (const one of createFind([name])(text)) {
          expect(all.some(({ start, end }) => start <= one.start && end >= one.end)).toBe(true);
        }
      }),
    );
  });

  test('do not depend on the texts before', () => {
    fc.assert(
      fc.property(texts, texts, (before, text) => {
        const fresh = createFind(DETECTORS)(text);
        find(before);
        expect(find(text)).toEqual(fresh);
      }),
    );
  });

  test('are none without a detector', () => {
    expect(createFind([])(FOUND.map(([, text]) => text).join('\n'))).toEqual([]);
  });

  test('of a text longer than the shared buffer have the same places', () => {
    for (const value of ['bob@example.com', 'bob＠example.com']) {
      const text = `${'word '.repeat(20_000)}${value}`;
      expect(find(text)).toEqual([{ start: 100_000, end: 100_000 + value.length, name: 'email' }]);
    }
  });
});
