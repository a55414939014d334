import { expect, test } from 'vitest';
import { readTemplate } from '../emulator/template/template.ts';
import { runExample } from './example-run.ts';

test.each(['node', 'python'])('the emulator understands all of the template of examples/%s', (language) => {
  const { template, warnings } = readTemplate(`examples/${language}/template.yaml`);
  expect(template.routes).toEqual([{ method: 'POST', path: '/words' }]);
  expect(warnings).toEqual([]);
});

test('make example-node answers the request that it prints, and delivers the record at its end', async () => {
  const { status, request, answer, stored } = await runExample('node');
  expect(status).toBe(200);
  expect(JSON.parse(answer)).toEqual({ words: 4 });
  expect(stored).toEqual([[request, answer]]);
});
