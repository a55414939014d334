import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { withFoldersApart } from './apart.ts';
import { parseConfig } from './config.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(tmpdir(), 'apart-'));
  return () => fs.rmSync(dir, { recursive: true, force: true });
});

/** The configuration with these folders below `dir`. */
const configured = (destination: string, spool: string) =>
  withFoldersApart(
    parseConfig({
      AWS_LAMBDA_FUNCTION_NAME: 'qa',
      CAPTURE_DESTINATION: `file://${path.join(dir, destination)}`,
      CAPTURE_SPOOL_DIR: path.join(dir, spool),
    }),
  );
const REFUSED = /^CAPTURE_DESTINATION: expected a folder that is not in CAPTURE_SPOOL_DIR/;

describe.each(['not made yet', 'made'])('with folders that are %s', (state) => {
  const make = (...folders: string[]) => {
    if (state === 'made') for (const folder of folders) fs.mkdirSync(path.join(dir, folder), { recursive: true });
  };

  test.each([
    ['the spool itself', 'spool', 'spool'],
    ['the spool itself, written otherwise', 'a/../spool/', 'spool'],
    ['a folder in the spool', 'spool/objects', 'spool'],
    ['a folder around the spool', 'all', 'all/of/it/spool'],
  ])('%s is no destination', (_, destination, spool) => {
    make(destination.replace('a/../', ''), spool);
    expect(() => configured(destination, spool)).toThrow(REFUSED);
  });

  test.each([
    ['to the spool', 'spool', 'spool'],
    ['into the spool', 'spool/objects', 'spool'],
    ['to a folder around the spool', 'all', 'all/spool'],
  ])('nor is a link %s', (_, target, spool) => {
    make(target, spool);
    fs.symlinkSync('middle', path.join(dir, 'link'));
    fs.symlinkSync(path.join(dir, target), path.join(dir, 'middle'));
    expect(() => configured('link', spool)).toThrow(REFUSED);
    expect(() => configured('link/below', 'link')).toThrow(REFUSED);
  });

  test.each([
    ['beside it', 'objects', 'spool'],
    ['whose name begins like it', 'spool-objects', 'spool'],
    ['that is linked to a third', 'elsewhere', 'spool'],
  ])('a folder %s is', (_, destination, spool) => {
    make('third', spool);
    fs.symlinkSync(path.join(dir, 'third'), path.join(dir, 'elsewhere'));
    expect(configured(destination, spool).destination).toMatchObject({ kind: 'file' });
  });
});

test('links that lead in a circle are told', () => {
  fs.symlinkSync('b', path.join(dir, 'a'));
  fs.symlinkSync('a', path.join(dir, 'b'));
  expect(() => configured('a', 'spool')).toThrow('in a circle');
});

test('the spool mounted in another place is the spool', ({ skip }) => {
  for (const folder of ['spool', 'mounted']) fs.mkdirSync(path.join(dir, folder));
  try {
    execFileSync('mount', ['--bind', path.join(dir, 'spool'), path.join(dir, 'mounted')], { stdio: 'ignore' });
  } catch {
    skip('needs the right to mount');
  }
  try {
    expect(() => configured('mounted/objects', 'spool')).toThrow(REFUSED);
  } finally {
    execFileSync('umount', [path.join(dir, 'mounted')]);
  }
});
