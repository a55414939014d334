/** The built layers on the emulator. Run by `make layer`. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { runLayer } from './run-layer.ts';

const isOfThisMachine = (process.env['ARCH'] || 'x64') === process.arch;

let folder: string;
/** A PATH on which there is no Node, but what an image without one has to wait with. */
let bare: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'layers-'));
  bare = path.join(folder, 'bin');
  await mkdir(bare);
  for (const tool of ['bash', 'sleep']) await symlink(`/bin/${tool}`, path.join(bare, tool));
});
afterEach(() => rm(folder, { recursive: true }));

test('inference-capture.zip captures on the Node of the image', async () => {
  const { status, records, exitCode } = await runLayer('dist/layers/inference-capture.zip', folder);
  assert.deepEqual([status, records.length, exitCode], [200, 1, 0]);
});

test('inference-capture.zip in an image without Node leaves the function alone', async () => {
  const { status, records, output } = await runLayer('dist/layers/inference-capture.zip', folder, bare);
  assert.deepEqual([status, records.length], [200, 0]);
  assert.match(output, /this image has no Node: no record is captured/);
});

test('inference-capture-with-node.zip captures in an image without Node', {
  skip: !isOfThisMachine && 'its Node is for another processor',
}, async () => {
  const { status, records, exitCode } = await runLayer('dist/layers/inference-capture-with-node.zip', folder, bare);
  assert.deepEqual([status, records.length, exitCode], [200, 1, 0]);
});

test('inference-capture-with-node.zip for another processor leaves the function alone', {
  skip: isOfThisMachine && 'its Node is for this processor',
}, async () => {
  const { status, records, output } = await runLayer('dist/layers/inference-capture-with-node.zip', folder, bare);
  assert.deepEqual([status, records.length], [200, 0]);
  assert.match(output, /the Node of the layer does not run in this image/);
});
