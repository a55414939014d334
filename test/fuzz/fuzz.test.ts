import { expect, test } from 'vitest';
import { answersIn, faultOf } from './answers.ts';
import { attemptOf } from './attempt.ts';
import { campaign } from './campaign.ts';
import { startTarget } from './target.ts';

const REQUESTS = 4000;

test(`the extension lives through ${REQUESTS} requests that are wrong by chance, and counts right`, async () => {
  await using target = await startTarget('dist/extension/extensions/inference-capture');
  const { failures, stats } = await campaign({ requests: REQUESTS, seed: 1 }, target);
  expect(failures).toEqual([]);
  // Else most of the requests would be wrong in the same way.
  expect(stats.delivered).toBeGreaterThan(REQUESTS / 10);
  expect(stats.dropped.INVALID_RECORD).toBeGreaterThan(REQUESTS / 10);
  expect(stats.dropped.INVALID_JSON).toBeGreaterThan(REQUESTS / 10);
});

test('a seed gives the same request each time, and another seed another one', () => {
  for (let seed = 0; seed < 100; seed++) {
    expect(attemptOf(seed)).toEqual(attemptOf(seed));
    expect(attemptOf(seed).bytes).not.toEqual(attemptOf(seed + 1).bytes);
  }
});

test.each([
  ['a fault of the extension', 500, '{"error":{"code":"INTERNAL_ERROR","message":""}}'],
  ['a part of a record', 400, '{"error":{"code":"INVALID_JSON","message":"got canary8f3a"}}'],
  ['a code with another status', 400, '{"error":{"code":"NOT_FOUND","message":""}}'],
  ['an unknown code', 400, '{"error":{"code":"OTHER","message":""}}'],
  ['no JSON', 200, 'ok'],
  ['no count', 202, '{}'],
])('an answer with %s is a failure', (_, status, body) => {
  expect(faultOf({ status, body })).toMatch(/^Expected /);
});

test('what is no answer is a failure', () => {
  expect(() => answersIn('HTTP/1.1 200 OK\r\n\r\n')).toThrow(/^Expected an answer/);
});
