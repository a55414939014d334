import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MAX_POLICY_BYTES } from '../../policy/policy.ts';
import { loadFailureOf } from './policy-failure.ts';
import { bytesOf, readPolicyFile, textOf } from './policy-text.ts';

let dir: string;
let file: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(tmpdir(), 'policy-text-'));
  file = path.join(dir, 'policy');
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const LONGEST = Buffer.alloc(MAX_POLICY_BYTES, 'Ä');
const TOO_LONG = Buffer.alloc(MAX_POLICY_BYTES + 1, 'a');

test.each([
  ['', ''],
  ['version: 1\n', 'version: 1\n'],
  ['\uFEFFversion: 1', 'version: 1'],
  [LONGEST, LONGEST.toString()],
])('a file is read as it is, without a byte order mark', (content, text) => {
  fs.writeFileSync(file, content);
  expect(readPolicyFile(file)).toBe(text);
});

test('a link to a file is as good as the file', () => {
  fs.writeFileSync(path.join(dir, 'target'), 'version: 1');
  fs.symlinkSync('target', file);
  expect(readPolicyFile(file)).toBe('version: 1');
});

test.each<[string, () => void, RegExp]>([
  ['not there', () => {}, /ENOENT/],
  ['a folder', () => fs.mkdirSync(file), /it is no file/],
  ['a pipe that nobody writes into', () => execFileSync('mkfifo', [file]), /it is no file/],
  ['a device', () => fs.symlinkSync('/dev/zero', file), /it is no file/],
  ['a link to itself', () => fs.symlinkSync(file, file), /ELOOP/],
  ['one byte too large', () => fs.writeFileSync(file, TOO_LONG), /at most 262144 bytes, got more/],
  ['not UTF-8', () => fs.writeFileSync(file, Buffer.from([0x7b, 0xff, 0x7d])), /in UTF-8, got other bytes/],
])('a file that is %s is a wrong policy, and is not waited for', (_, make, message) => {
  make();
  let error: unknown;
  try {
    readPolicyFile(file);
  } catch (thrown) {
    error = thrown;
  }
  expect(loadFailureOf(error)).toMatchObject({ cause: expect.stringMatching(message), wrong: true, passes: false });
});

test('a body is read no further than the most that a policy has', async () => {
  let chunks = 0;
  async function* endless() {
    for (;;) {
      chunks += 1;
      yield Buffer.alloc(100_000);
    }
  }
  await expect(bytesOf(endless())).rejects.toThrow('at most 262144 bytes');
  expect(chunks).toBe(3);
  async function* inTwo() {
    yield Buffer.from('vers');
    yield Buffer.from('ion: 1');
  }
  expect(textOf(await bytesOf(inTwo()))).toBe('version: 1');
});
