import fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { oneOf, parseVariables, readSwitch, refuseContradiction, Safeguards, wholeNumber } from './variables.ts';

const YES = ['1', 'true', 'yes', 'on'];
const NO = ['', '0', 'false', 'no', 'off'];
/** A word as people type it: any case, and space around it. */
const typed = (words: string[]) =>
  fc
    .tuple(fc.constantFrom(...words), fc.infiniteStream(fc.boolean()), fc.constantFrom('', ' ', '\n', '\t '))
    .map(([word, upper, space]) => {
      const cased = [...word].map((letter) => (upper.next().value ? letter.toUpperCase() : letter)).join('');
      return `${space}${cased}${space}`;
    });

test('a yes is a yes and a no is a no, however they are typed', () => {
  fc.assert(fc.property(typed(YES), (text) => readSwitch(text) === true));
  fc.assert(fc.property(typed(NO), (text) => readSwitch(text) === false));
  expect(readSwitch(undefined)).toBe(false);
});

test('a safeguard is off where nothing or a clear no is set, and on with whatever else', () => {
  const unclear = fc.oneof(
    fc.constantFrom('TRU', 'ture', 'y', 'enabled', 'closed', '2', '-1', '"true"', 'true;', 'yes please', 'не', 'null'),
    fc.string().filter((text) => ![...YES, ...NO].includes(text.trim().toLowerCase())),
  );
  fc.assert(
    fc.property(unclear, (text) => {
      expect(readSwitch(text)).toBeUndefined();
      const on = parseVariables(Safeguards, { CAPTURE_DISABLED: text, CAPTURE_FAIL_CLOSED: text });
      expect(on).toEqual({ CAPTURE_DISABLED: true, CAPTURE_FAIL_CLOSED: true });
    }),
  );
  fc.assert(
    fc.property(typed(NO), (text) => {
      expect(parseVariables(Safeguards, { CAPTURE_FAIL_CLOSED: text })).toEqual(OFF);
    }),
  );
  expect(parseVariables(Safeguards, {})).toEqual(OFF);
});
const OFF = { CAPTURE_DISABLED: false, CAPTURE_FAIL_CLOSED: false };

test('not to capture, and not to answer without, is a contradiction', () => {
  expect(() => refuseContradiction({ CAPTURE_DISABLED: 'On', CAPTURE_FAIL_CLOSED: '1' })).toThrow(
    'CAPTURE_DISABLED: expected no, because CAPTURE_FAIL_CLOSED is "1", got "On"',
  );
  refuseContradiction({ CAPTURE_DISABLED: '1', CAPTURE_FAIL_CLOSED: 'no' });
  refuseContradiction({ CAPTURE_FAIL_CLOSED: '1' });
});

const Schema = v.object({
  A: v.string('a text, got nothing'),
  B: v.optional(wholeNumber(1, 9), '5'),
  C: v.optional(oneOf('log', 'none'), 'none'),
});

test('all that is wrong is said at once, one sentence a variable, and what is not there is said to be missing', () => {
  expect(() => parseVariables(Schema, { B: '10', C: 'logs' })).toThrow(
    /^A: expected a text, got nothing; B: expected a whole number from 1 to 9, got "10"; C: expected "log" or "none", got "logs"$/,
  );
});

test('white space around a value and the case of a word do not matter', () => {
  expect(parseVariables(Schema, { A: ' a b\n', B: ' 7 ', C: 'LOG' })).toEqual({ A: 'a b', B: 7, C: 'log' });
  expect(() => parseVariables(Schema, { A: '', B: ' ' })).toThrow('B: expected a whole number from 1 to 9, got ""');
});
