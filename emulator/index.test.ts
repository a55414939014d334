import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processState, until } from './fixtures/environment.ts';

const INDEX = fileURLToPath(new URL('index.ts', import.meta.url));
const FIXTURES = fileURLToPath(new URL('fixtures', import.meta.url));
const FREE = ['--port', '0', '--invoke-port', '0', '--s3-port', '0', '--capture-port', '0'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'emulator-cli-'));
  const template = readFileSync('template.yaml', 'utf8')
    .replace('dist/function', path.join(FIXTURES, 'handlers/behaving'))
    .replace('dist/extension/extensions', 'extensions');
  writeFileSync(path.join(folder, 'template.yaml'), template);
  mkdirSync(path.join(folder, 'extensions'));
  symlinkSync(path.join(FIXTURES, 'extension.mjs'), path.join(folder, 'extensions', 'timely'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The command, in the folder with the template. Its output so far is `output()`. */
function start(args: readonly string[], nodeArgs: readonly string[] = []) {
  const child = spawn(process.execPath, [...nodeArgs, INDEX, ...args], { cwd: folder });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  const address = (name: string) =>
    new RegExp(`^${name} (http://127\\.0\\.0\\.1:\\d+\\S*)$`, 'm').exec(text)?.[1] ?? '';
  return {
    child,
    ended,
    output: () => text,
    address,
    ready: () => until(() => text.includes('Ctrl-C'), `ready: ${text}`),
  };
}

const pidOfExtension = () => Number(readFileSync(path.join(folder, 'local/environment/tmp/timely.pid'), 'utf8'));

test('starts, answers, tells what to try, and ends with Ctrl-C as Lambda does', async () => {
  const emulator = start([...FREE, '--env', 'OVERLAID=user']);
  await emulator.ready();
  const url = emulator.address('API Gateway');
  expect(url).toMatch(/\/nlp-qa$/);
  expect(emulator.output()).toContain(
    `curl -s ${url.replace('http://127.0.0.1', 'localhost')} -d '{"question":"Where do I live?","context":"My name is Wolfgang and I live in Berlin."}'`,
  );
  expect(emulator.output()).toContain('local/s3/inference-capture');
  const body = JSON.stringify({ behaviour: 'value', value: { statusCode: 201, body: 'hi' } });
  const response = await fetch(url, { method: 'POST', body });
  expect([response.status, await response.text()]).toEqual([201, 'hi']);
  expect((await fetch(emulator.address('S3'))).status).toBe(200);
  expect((await fetch(`${emulator.address('Lambda')}/`)).status).toBe(404);

  emulator.child.kill('SIGINT');
  expect(await emulator.ended).toBe(0);
  const log = readFileSync(path.join(folder, 'local/environment/tmp/timely.log'), 'utf8');
  expect(log).toMatch(/^INVOKE\nSHUTDOWN spindown\n/);
  expect(processState(pidOfExtension())).toBeUndefined();
});

test('may be ended while it still starts', async () => {
  symlinkSync(path.join(FIXTURES, 'extension.mjs'), path.join(folder, 'extensions', 'never-registers'));
  const emulator = start(FREE);
  await until(() => emulator.output().includes('timely registered'), 'an extension');
  emulator.child.kill('SIGTERM');
  expect(await emulator.ended).toBe(0);
  expect(emulator.output()).not.toContain('Ctrl-C');
});

test('a second Ctrl-C ends it at once', async () => {
  symlinkSync(path.join(FIXTURES, 'extension.mjs'), path.join(folder, 'extensions', 'hangs-on-shutdown'));
  const emulator = start(FREE);
  await emulator.ready();
  const log = path.join(folder, 'local/environment/tmp/hangs-on-shutdown.log');
  emulator.child.kill('SIGINT');
  await until(() => existsSync(log) && readFileSync(log, 'utf8').includes('SHUTDOWN'), 'the shutdown');
  emulator.child.kill('SIGINT');
  expect(await emulator.ended).toBe(130);
  const pid = Number(readFileSync(path.join(folder, 'local/environment/tmp/hangs-on-shutdown.pid'), 'utf8'));
  await until(() => processState(pid) === undefined, 'the end of the extension');
});

test('leaves no process behind when it is killed', async () => {
  const emulator = start(FREE);
  await emulator.ready();
  emulator.child.kill('SIGKILL');
  await until(() => processState(pidOfExtension()) === undefined, 'the end of the extension');
});

test('leaves no process behind when it crashes', async () => {
  const crash = 'process.on("SIGUSR2", () => { throw new Error("crash"); })';
  const emulator = start(FREE, ['--import', `data:text/javascript,${encodeURIComponent(crash)}`]);
  await emulator.ready();
  emulator.child.kill('SIGUSR2');
  expect(await emulator.ended).not.toBe(0);
  await until(() => processState(pidOfExtension()) === undefined, 'the end of the extension');
});

test.each(['--port', '--invoke-port', '--s3-port', '--capture-port'])(
  'says that the port of %s is in use',
  async (flag) => {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    const emulator = start([...FREE, flag, String(port)]);
    expect(await emulator.ended).toBe(1);
    expect(emulator.output()).toBe(
      `Port ${port} is in use. End what listens on it, or choose another with ${flag} PORT (0: any free one).\n`,
    );
    expect(existsSync(path.join(folder, 'local/environment/tmp/timely.pid'))).toBe(false);
    server.close();
  },
);

test('without a build, it says how to make one', async () => {
  rmSync(path.join(folder, 'extensions'), { recursive: true });
  const emulator = start(FREE);
  expect(await emulator.ended).toBe(1);
  expect(emulator.output()).toMatch(/^The extensions are not there: .*\/extensions\. Run `make build` first\.\n$/);
});

test('without a template, it says which', async () => {
  const emulator = start(['--template', 'other.yaml']);
  expect(await emulator.ended).toBe(1);
  expect(emulator.output()).toMatch(/^Cannot read the template: .*other\.yaml.*--template FILE\.\n$/);
});

test('has a help', async () => {
  const emulator = start(['--help']);
  expect(await emulator.ended).toBe(0);
  expect(emulator.output()).toContain('--capture-port');
});
