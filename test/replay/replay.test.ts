import { expect, test } from 'vitest';
import { differences } from './compare.ts';
import { SUITES } from './fixtures.ts';
import { replay } from './replay.ts';

test.each(SUITES)(
  'every event of $folder gets the expected answer through each of its APIs, and leaves the expected records',
  async (suite) => {
    const replayed = await replay(suite);
    expect(replayed.filter(({ problems }) => problems.length > 0)).toEqual([]);
  },
);

const ACTUAL = { status: 200, body: { answer: 'Oslo', score: 0.5, start: 3 }, eventId: 'a' };

test.each([
  ['nothing', { status: 200, body: { answer: 'Oslo' }, score: { atLeast: 0.5, atMost: 0.5 } }, []],
  ['the status', { status: 400, body: {}, score: {} }, ['status: expected 400, got 200']],
  ['a value', { status: 200, body: { answer: 'Rome' }, score: {} }, ['answer: expected "Rome", got "Oslo"']],
  ['a key', { status: 200, body: { error: { code: 'X' } }, score: {} }, ['error.code: expected "X", got undefined']],
  ['a low score', { status: 200, body: {}, score: { atLeast: 0.6 } }, ['score: expected {"atLeast":0.6}, got 0.5']],
  ['a high score', { status: 200, body: {}, score: { atMost: 0.4 } }, ['score: expected {"atMost":0.4}, got 0.5']],
])('where %s differs, that is what is reported', (_, expected, found) => {
  expect(differences(expected, ACTUAL)).toEqual(found);
});

test.each([
  ['nothing', [{ answer: 'Oslo' }, {}], []],
  ['a value of an item', [{ answer: 'Rome' }, {}], ['0.answer: expected "Rome", got "Oslo"']],
  ['the number of items', [{}], ['length: expected 1, got 2']],
  ['a list from an object', { answer: 'Oslo' }, ['length: expected no list, got 2']],
])('where %s differs in a list, that is what is reported', (_, body, found) => {
  const actual = { body: [{ answer: 'Oslo' }, { answer: 'Bonn' }] };
  expect(differences({ status: 200, body, score: {} }, actual)).toEqual(found);
});
