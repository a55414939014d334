import { expect, test } from 'vitest';
import { generate, type Table } from './markdown.ts';

const table = (...rows: Table['rows']): Table => ({ columns: ['name', 'default', 'meaning'], rows });

const DOCUMENT = `# Title

<!-- generated: names -->
| name | meaning | default |
| --- | --- | --- |
| \`A\` | what a person wrote \\| of A | \`1\` |
| \`B\` | what a person wrote of B | \`2\` |
<!-- end -->

Prose.
`;

test('what the code knows is written, and what a person wrote is kept, by row and column', () => {
  const names = table(['`B`', '`3`', undefined], ['`A`', '`1`', undefined]);
  expect(generate(DOCUMENT, { names })).toEqual({
    text: `# Title

<!-- generated: names -->
| name | default | meaning |
| --- | --- | --- |
| \`B\` | \`3\` | what a person wrote of B |
| \`A\` | \`1\` | what a person wrote \\| of A |
<!-- end -->

Prose.
`,
    unwritten: [],
  });
});

test('generating again changes nothing', () => {
  const names = table(['`A`', undefined, undefined], ['`C`', '`4`', undefined]);
  const { text } = generate(DOCUMENT, { names });
  expect(generate(text, { names }).text).toBe(text);
});

test('a cell that nobody has written yet is reported', () => {
  const { text, unwritten } = generate(DOCUMENT, { names: table(['`C`', '`4`', undefined]) });
  expect(text).toContain('| `C` | `4` |  |');
  expect(unwritten).toEqual(['"meaning" of `C` in the table names']);
});

test('lines are written as they are', () => {
  const { text } = generate('<!-- generated: lines -->\n<!-- end -->\n', { lines: 'some\nlines' });
  expect(text).toBe('<!-- generated: lines -->\nsome\nlines\n<!-- end -->\n');
});

test.each([
  ['a part without a place', { names: '', others: '' }, 'got places for names'],
  ['a place without a part', {}, 'Expected one place for each of the parts , got places for names'],
])('%s is refused', (_, parts, message) => {
  expect(() => generate(DOCUMENT, parts)).toThrow(message);
});

test('two places of one name are refused', () => {
  expect(() => generate(DOCUMENT + DOCUMENT, { names: '' })).toThrow('got places for names, names');
});
