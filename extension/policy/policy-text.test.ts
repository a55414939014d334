import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytesOf, MAX_POLICY_BYTES, readPolicyFile, textOf } from './policy-text.ts';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'policy-text-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

function file(content: string | Buffer): string {
  const name = path.join(folder, 'policy');
  fs.writeFileSync(name, content);
  return name;
}

test.each([
  ['text', 'version: 1 # für alle\n', 'version: 1 # für alle\n'],
  ['a byte order mark before it', '\uFEFFversion: 1', 'version: 1'],
  ['nothing', '', ''],
  ['as much as may be', 'x'.repeat(MAX_POLICY_BYTES), 'x'.repeat(MAX_POLICY_BYTES)],
])('a file is read as it is: %s', (_, content, text) => {
  expect(readPolicyFile(file(content))).toBe(text);
});

test.each<[string, () => string, string]>([
  ['a file that is not there', () => path.join(folder, 'none'), 'ENOENT'],
  ['a folder', () => folder, 'it is no file'],
  ['a device', () => '/dev/zero', 'it is no file'],
  ['too much', () => file('x'.repeat(MAX_POLICY_BYTES + 1)), `at most ${MAX_POLICY_BYTES} bytes`],
  ['what is no text', () => file(Buffer.from([0x7b, 0xff, 0x7d])), 'in UTF-8'],
  [
    'a pipe without a writer, which is not waited for',
    () => {
      const pipe = path.join(folder, 'pipe');
      if (!fs.existsSync(pipe)) execFileSync('mkfifo', [pipe]);
      return pipe;
    },
    'it is no file',
  ],
])('%s is a wrong policy', (_, name, message) => {
  expect(() => readPolicyFile(name())).toThrow(message);
  expect(() => readPolicyFile(name())).toThrow(expect.objectContaining({ wrong: true }));
});

test('a body is read up to the limit and no further', async () => {
  let sent = 0;
  async function* endless() {
    for (;;) {
      sent += 1000;
      yield Buffer.alloc(1000);
    }
  }
  await expect(bytesOf(endless())).rejects.toThrow(`at most ${MAX_POLICY_BYTES} bytes`);
  expect(sent).toBeLessThan(MAX_POLICY_BYTES + 2000);
});

test('a character may lie on the border of two chunks', async () => {
  const bytes = Buffer.from('für');
  async function* halves() {
    yield bytes.subarray(0, 2);
    yield bytes.subarray(2);
  }
  expect(textOf(await bytesOf(halves()))).toBe('für');
});
