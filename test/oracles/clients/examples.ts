/** The example in Python, as a user starts it. Run by `make oracles`; that in JavaScript is part of `make test`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runExample } from '../../example-run.ts';

test('make example-python answers the request that it prints, and delivers the record at its end', async () => {
  const { status, request, answer, stored } = await runExample('python');
  assert.equal(status, 200);
  assert.deepEqual(JSON.parse(answer), { words: 4 });
  assert.deepEqual(stored, [[request, answer]]);
});
