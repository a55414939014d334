import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';

/** A clone in which nothing is installed. Its npm and its python3 only print their arguments. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'make-'));
  for (const file of ['Makefile', 'package.json', 'package-lock.json', '.npmrc'])
    copyFileSync(file, path.join(folder, file));
  mkdirSync(path.join(folder, 'model/train'), { recursive: true });
  writeFileSync(path.join(folder, 'model/train/requirements.txt'), '');
  mkdirSync(path.join(folder, 'bin'));
  for (const name of ['npm', 'python3']) {
    const program = path.join(folder, 'bin', name);
    writeFileSync(program, `#!/bin/sh\necho "${name} called with $*"\nmkdir -p node_modules\n`);
    chmodSync(program, 0o755);
  }
  return () => rmSync(folder, { recursive: true });
});

function make(...args: string[]) {
  const env = { PATH: `${folder}/bin:/usr/bin:/bin` };
  const { status, stdout, stderr } = spawnSync('make', args, { cwd: folder, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('installing prints the command without its paths, and npm prints no warning about its own Node', () => {
  const { status, stdout } = make('install');
  expect(status).toBe(0);
  expect(stdout).toBe('npm ci\nnpm called with ci --loglevel=error\n');
});

describe('a training whose arguments are wrong installs nothing', () => {
  const BASE = 'BASE=base';
  const OUT = 'OUT=out';
  const DATA = 'DATA=package.json';
  beforeEach(() => {
    mkdirSync(path.join(folder, 'base'));
    writeFileSync(path.join(folder, 'base/config.json'), '{}');
  });

  test.each<[string[], string]>([
    [[], 'Expected BASE=folder DATA="a.json b.json" OUT=folder'],
    [[BASE, DATA], 'Expected BASE=folder DATA="a.json b.json" OUT=folder'],
    [
      ['BASE=elsewhere', DATA, OUT],
      'Expected BASE to name the folder of an encoder in the Hugging Face layout, got "elsewhere"',
    ],
    [
      [BASE, 'DATA=package.json nowhere.json', OUT],
      'Expected DATA to name files in SQuAD\'s format, got "nowhere.json"',
    ],
  ])('make model-train %j', (args, message) => {
    const { status, stdout, stderr } = make('model-train', ...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stdout).not.toContain('called with');
    expect(existsSync(path.join(folder, '.venv'))).toBe(false);
  });

  test('a training whose arguments are right installs', () => {
    expect(make('model-train', BASE, DATA, OUT).stdout).toContain('python3 called with -m venv .venv');
  });
});
