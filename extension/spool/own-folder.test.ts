import fs from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { abandonedFolders, OwnFolder } from './own-folder.ts';

let root: string;
let folders: OwnFolder[];
const onUnlocked = vi.fn();
beforeEach(() => {
  root = path.join(fs.mkdtempSync(path.join(tmpdir(), 'own-folder-')), 'spool');
  folders = [];
  onUnlocked.mockReset();
  return () => {
    for (const folder of folders) folder.release();
    fs.rmSync(path.dirname(root), { recursive: true });
  };
});

function make(id: string): OwnFolder {
  const own = new OwnFolder(root, id, onUnlocked);
  folders.push(own);
  own.ensure();
  return own;
}

test('the folder of a process that lives is not abandoned, and one without a lock is, as is the spool itself', async () => {
  make('a');
  fs.mkdirSync(path.join(root, 'process-b'));
  fs.mkdirSync(path.join(root, 'captured'));
  expect(await abandonedFolders(root)).toEqual([root, path.join(root, 'process-b')]);
});

test('a file in the place of a lock is none', async () => {
  fs.mkdirSync(path.join(root, 'process-b'), { recursive: true });
  fs.writeFileSync(path.join(root, 'process-b.lock'), '');
  expect(await abandonedFolders(root)).toEqual([root, path.join(root, 'process-b')]);
});

test('a spool that is not there yet, or is a file, has none', async () => {
  expect(await abandonedFolders(root)).toEqual([]);
  fs.writeFileSync(root, '');
  expect(await abandonedFolders(root)).toEqual([]);
});

test.each([
  ['the spool', () => fs.rmSync(root, { recursive: true })],
  ['the folder', () => fs.rmSync(path.join(root, 'process-a'), { recursive: true })],
  ['the lock', () => fs.rmSync(path.join(root, 'process-a.lock'))],
])('folder and lock are made again when somebody has removed %s', async (_, remove) => {
  const own = make('a');
  remove();
  own.ensure();
  expect(fs.readdirSync(root)).toEqual(['process-a', 'process-a.lock']);
  expect(await abandonedFolders(root)).toEqual([root]);
});

test('a folder that is given up leaves nothing behind, unless it holds something: that is anybody’s', async () => {
  make('a').release();
  expect(fs.readdirSync(root)).toEqual([]);
  const own = make('b');
  fs.writeFileSync(path.join(own.folder, 'segment'), '');
  own.release();
  expect(await abandonedFolders(root)).toEqual([root, own.folder]);
});

test('where the file system has no sockets, that is told, and the folder is made all the same', async () => {
  vi.spyOn(net.Server.prototype, 'listen').mockImplementation(function (this: net.Server) {
    process.nextTick(() => this.emit('error', new Error('listen EPERM')));
    return this;
  });
  const own = make('a');
  await vi.waitFor(() => expect(onUnlocked).toHaveBeenCalledExactlyOnceWith(new Error('listen EPERM')));
  vi.restoreAllMocks();
  expect(fs.existsSync(own.folder)).toBe(true);
});

test('a folder that cannot be made is an error', () => {
  fs.writeFileSync(root, '');
  expect(() => new OwnFolder(root, 'a', onUnlocked).ensure()).toThrow('EEXIST');
});
