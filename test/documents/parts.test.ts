import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generate } from './markdown.ts';
import { DOCUMENTS, FILES } from './parts.ts';

test.each(Object.entries(DOCUMENTS))('the generated parts of %s are those of the code', (document, parts) => {
  const former = readFileSync(document, 'utf8');
  const { text, unwritten } = generate(former, parts);
  expect(former, 'run `make docs`').toBe(text);
  expect(unwritten, `write these cells into ${document}`).toEqual([]);
});

test.each(Object.entries(FILES))('%s is what the code says', (file, text) => {
  expect(readFileSync(file, 'utf8'), 'run `make docs`').toBe(text);
});
