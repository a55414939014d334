import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { FREE_PORTS, INDEX, type Project, project } from './fixtures/command.ts';

// Errors that the user can put right: the emulator ends with one line that says what to do.

let place: Project;
beforeEach(() => {
  place = project();
  place.addExtension('timely');
});
afterEach(() => place[Symbol.dispose]());

test.each([
  ['--port PORT', (port: number) => ['--port', `${port}`]],
  ['--invoke-port PORT', (port: number) => ['--invoke-port', `${port}`]],
  ['--s3-port PORT', (port: number) => ['--s3-port', `${port}`]],
  ['--environment-port Agent=PORT', (port: number) => ['--environment-port', `Agent=${port}`]],
])('says that the port of %s is in use', async (option, flags) => {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const emulator = place.start([...FREE_PORTS, ...flags(port)]);
  expect(await emulator.ended).toBe(1);
  expect(emulator.output()).toBe(
    `Port ${port} is in use. End what listens on it, or choose another with ${option} (0: any free one).\n`,
  );
  expect(existsSync(place.noteFile('timely', 'pid'))).toBe(false);
  server.close();
});

test('says that the template names no such port', async () => {
  const emulator = place.start([...FREE_PORTS, '--environment-port', 'Other=0']);
  expect(await emulator.ended).toBe(1);
  expect(emulator.output()).toBe(
    "Expected --environment-port to have a name that the template has in Metadata.Emulator.Ports (Agent), got 'Other'.\n",
  );
});

test('without a build, it says how to make one', async () => {
  rmSync(path.join(place.folder, 'extensions'), { recursive: true });
  const emulator = place.start(FREE_PORTS);
  expect(await emulator.ended).toBe(1);
  expect(emulator.output()).toMatch(/^The extensions are not there: .*\/extensions\. Run `npm run bundle` first\.\n$/);
});

test('without the file of the sample request nothing is started', async () => {
  const template = path.join(place.folder, 'template.yaml');
  const shown = parseDocument(readFileSync(template, 'utf8'));
  shown.setIn(['Resources', 'Orders', 'Metadata', 'Emulator', 'Sample'], { BodyFile: 'sample.json' });
  writeFileSync(template, String(shown));
  const emulator = place.start(FREE_PORTS);
  expect(await emulator.ended).toBe(1);
  expect(emulator.output()).toMatch(/^Cannot read the sample request, .*sample\.json.*Run `npm run bundle` first\.\n$/);
  expect(existsSync(place.noteFile('timely', 'pid'))).toBe(false);
});

test('without a template, it says which', async () => {
  const emulator = place.start(['--template', 'other.yaml']);
  expect(await emulator.ended).toBe(1);
  expect(emulator.output()).toMatch(/^Cannot read the template: .*other\.yaml.*--template FILE\.\n$/);
});

const locals: [what: string, local: string, prepare: (folder: string) => void][] = [
  ['a file', 'file', (folder) => writeFileSync(path.join(folder, 'file'), '')],
  ['below a file', 'file/local', (folder) => writeFileSync(path.join(folder, 'file'), '')],
  [
    'a link to nothing',
    'link',
    (folder) => symlinkSync(path.join(folder, 'nothing', 'there'), path.join(folder, 'link')),
  ],
  ['a name that no folder can have', 'x'.repeat(300), () => {}],
  ['a folder with a file for S3', 'half', (folder) => withFile(path.join(folder, 'half', 's3'))],
  ['a folder with a file for a bucket', 'half', (folder) => withFile(path.join(folder, 'half', 's3', 'archive'))],
  ['a folder with a file for /tmp', 'half', (folder) => withFile(path.join(folder, 'half', 'environment', 'tmp'))],
];
test.each(locals)('says in one line that --local cannot be %s', async (_what, local, prepare) => {
  prepare(place.folder);
  const emulator = place.start([...FREE_PORTS, '--local', local]);
  expect(await emulator.ended).toBe(1);
  expect(emulator.output()).toMatch(
    /^Cannot keep files in the folder of --local, .*: E[A-Z]+: .*\. Choose another with --local FOLDER\.\n$/,
  );
});

test.skipIf(process.getuid?.() === 0)('says in one line that --local cannot be written', async () => {
  const folder = path.join(place.folder, 'read-only');
  mkdirSync(folder, { mode: 0o500 });
  const emulator = place.start([...FREE_PORTS, '--local', folder]);
  expect(await emulator.ended).toBe(1);
  expect(emulator.output()).toMatch(/^Cannot keep files .*EACCES: permission denied.*\n$/);
});

test('says in one line that too few files may be open', () => {
  const command = ['-c', 'ulimit -n 64; exec "$@"', 'sh', process.execPath, INDEX, ...FREE_PORTS];
  const { status, stderr, stdout } = spawnSync('/bin/sh', command, {
    cwd: place.folder,
    encoding: 'utf8',
    timeout: 15_000,
    killSignal: 'SIGKILL',
  });
  expect([status, stdout, stderr]).toEqual([
    1,
    '',
    'Expected to be allowed at least 128 open files, got 64. Raise the limit with `ulimit -n 1024`.\n',
  ]);
});

function withFile(file: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '');
}
