import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generate } from './markdown.ts';
import { DOCUMENTS } from './parts.ts';

test.each(Object.entries(DOCUMENTS))('the generated parts of %s are those of the code', (document, parts) => {
  const former = readFileSync(document, 'utf8');
  const { text, unwritten } = generate(former, parts);
  expect(former, 'run `make docs`').toBe(text);
  expect(unwritten, `write these cells into ${document}`).toEqual([]);
});
