import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSwitch } from '../capture/variables.ts';
import { type Answers, FakeExtensionsApi } from '../harness/extensions-api.ts';

let stack: AsyncDisposableStack;
let opt: string;
beforeEach(() => {
  stack = new AsyncDisposableStack();
  opt = stack.adopt(fs.mkdtempSync(path.join(tmpdir(), 'opt-')), (dir) =>
    fs.rmSync(dir, { recursive: true, force: true }),
  );
  for (const folder of ['extensions', 'inference-capture', 'bin']) fs.mkdirSync(path.join(opt, folder));
  fs.copyFileSync('extension/launcher.sh', launcher());
  fs.chmodSync(launcher(), 0o755);
  fs.copyFileSync('extension/without-node.sh', path.join(opt, 'inference-capture/without-node.sh'));
});
afterEach(() => stack.disposeAsync());

/** The variables that the launcher clears whatever they hold. */
const CLEARED = /^unset ([^[]+?)\n\[/m.exec(fs.readFileSync('extension/launcher.sh', 'utf8'))![1]!.split(/[\s\\]+/);
const launcher = () => path.join(opt, 'extensions/inference-capture');
const where = (tool: string) =>
  (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, tool))
    .find((file) => fs.existsSync(file));
/** How a shell is called, where this machine has it: Amazon Linux's is bash, Debian's dash, Alpine's that of BusyBox. */
const SHELLS = ([['dash'], ['bash', '--posix'], ['busybox', 'sh']] as [string, ...string[]][]).filter(([tool]) =>
  where(tool),
);

/** A PATH on which there is nothing but this. */
function only(tool: string): string {
  fs.symlinkSync(where(tool)!, path.join(opt, 'bin', tool === 'busybox' ? 'wget' : tool));
  return path.join(opt, 'bin');
}

interface Started {
  lambda: FakeExtensionsApi;
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  exited: Promise<number | null>;
}

/** Starts the launcher, or another program, as Lambda does: in the working directory `/`, with nothing but this environment. */
async function start(
  env: Record<string, string>,
  [command, ...args]: string[] = [launcher()],
  answers: Answers = {},
): Promise<Started> {
  const lambda = stack.use(await FakeExtensionsApi.start(answers));
  const child = spawn(command!, args, {
    cwd: '/',
    detached: true, // a group of its own, with whatever it starts
    env: { AWS_LAMBDA_RUNTIME_API: lambda.address, AWS_LAMBDA_FUNCTION_NAME: 'qa', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'close').then(([code]) => code as number | null);
  stack.defer(async () => {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {} // it has ended
    await exited;
  });
  let stdout = '';
  let stderr = '';
  child.stdout!.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return { lambda, child, stdout: () => stdout, stderr: () => stderr, exited };
}

/** Its log, parsed. */
const lines = ({ stdout }: Started) =>
  stdout()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const ARGUMENTS = ['inference-capture', 'this image has no Node'];
/** Tools that such an image may have; BusyBox's is called wget as well. */
const WAYS = ['curl', 'bash', 'wget', 'busybox'].filter(where);

describe.each(SHELLS)('in an image without Node, under %s', (tool, ...args) => {
  const shell = [where(tool)!, ...args];
  const withoutNode = () => [...shell, path.join(opt, 'inference-capture/without-node.sh'), ...ARGUMENTS];

  test('the launcher leaves it at that', async () => {
    const started = await start({ PATH: only('curl') }, [...shell, launcher()]);
    await started.lambda.asked(1);
    expect(started.lambda.requests[0]!.headers['lambda-extension-name']).toBe('inference-capture');
    expect(lines(started)).toMatchObject([{ message: 'this image has no Node: no record is captured' }]);
  });

  test.each(WAYS)('it registers for the end, waits for it, and ends: by %s', async (way) => {
    const started = await start({ PATH: only(way) }, withoutNode());
    const { lambda, exited } = started;
    await lambda.asked(1);
    expect(lambda.routes).toEqual(['POST /register', 'GET /event/next']);
    const [register, next] = lambda.requests;
    expect(register!.headers).toMatchObject({
      'lambda-extension-name': 'inference-capture',
      'content-type': 'application/json',
    });
    expect(JSON.parse(register!.body)).toEqual({ events: ['SHUTDOWN'] });
    expect(next!.headers['lambda-extension-identifier']).toBe('an-identifier');
    lambda.shutdown();
    expect(await exited).toBe(0);
    expect(lines(started)).toEqual([
      { level: 'ERROR', source: 'inference-capture', message: 'this image has no Node: no record is captured' },
    ]);
  });

  test.each(WAYS)('with CAPTURE_FAIL_CLOSED it says why, and the function does not start: by %s', async (way) => {
    const { lambda, exited } = await start({ PATH: only(way), CAPTURE_FAIL_CLOSED: 'TRUE' }, withoutNode());
    expect(await exited).toBe(1);
    expect(lambda.routes).toEqual(['POST /register', 'POST /init/error']);
    const told = lambda.requests[1]!;
    expect(told.headers['lambda-extension-function-error-type']).toBe('Extension.NodeMissing');
    expect(told.headers['lambda-extension-identifier']).toBe('an-identifier');
    expect(JSON.parse(told.body)).toMatchObject({ errorType: 'Extension.NodeMissing' });
  });

  test.each(['TRUE', 'yes', ' on ', 'ture', '2', '0 0', '', '0', 'False', 'NO', '\toff ', undefined])(
    'a switch is read as everywhere else: CAPTURE_FAIL_CLOSED=%s',
    async (text) => {
      const env = { PATH: only('curl'), ...(text !== undefined && { CAPTURE_FAIL_CLOSED: text }) };
      const { lambda, exited } = await start(env, withoutNode());
      if (readSwitch(text) === false) await lambda.asked(1);
      else expect(await exited).toBe(1);
    },
  );

  test('switched off, it is no error that nothing is captured', async () => {
    const started = await start({ PATH: only('curl'), CAPTURE_DISABLED: 'On' }, withoutNode());
    await started.lambda.asked(1);
    expect(lines(started)).toMatchObject([{ level: 'INFO', message: expect.stringMatching(/^CAPTURE_DISABLED/) }]);
  });

  test('a proxy of the function is not asked for what is on this machine', async () => {
    const proxy = 'http://127.0.0.1:1';
    const { lambda } = await start(
      { PATH: only('curl'), http_proxy: proxy, HTTP_PROXY: proxy, ALL_PROXY: proxy },
      withoutNode(),
    );
    await lambda.asked(1);
  });

  test('one that Lambda refuses stays, because its exit would be the end of the environment', async () => {
    const sleep = `#!/bin/sh\necho '"slept"'\nexec ${where('sleep')} 0.01\n`;
    fs.writeFileSync(path.join(opt, 'bin/sleep'), sleep, { mode: 0o755 });
    const refused: Answers = { 'POST /register': [403, { errorType: 'Extension.TooManyExtensions' }] };
    const started = await start({ PATH: only('bash') }, withoutNode(), refused);
    while (lines(started).length < 3) await once(started.child.stdout!, 'data');
    expect(started.lambda.routes).toEqual(['POST /register']);
  });

  test('where nothing speaks HTTP it says so and ends: the environment cannot be helped', async () => {
    const started = await start({ PATH: path.join(opt, 'bin') }, tool === 'bash' ? [launcher()] : withoutNode());
    expect(await started.exited).toBe(1);
    expect(lines(started)).toMatchObject([
      { level: 'ERROR', message: expect.stringMatching(/^this image has no Node, and nothing here speaks HTTP/) },
    ]);
  });
});

describe('the world of the function', () => {
  /** What is in the place of the bundle. */
  const bundle = (code: string) => fs.writeFileSync(path.join(opt, 'inference-capture/index.mjs'), code);
  const PATH = path.dirname(process.execPath);
  const extension = `await import(${JSON.stringify(path.resolve('extension/index.ts'))});`;
  const capturing = () => ({
    PATH,
    CAPTURE_DESTINATION: `file://${opt}/objects`,
    CAPTURE_SPOOL_DIR: `${opt}/spool`,
    CAPTURE_PORT: '1',
  });

  test.each([
    ['NODE_OPTIONS', '--import some-tracer-that-only-the-function-finds'],
    ['NODE_OPTIONS', '--max-old-space-size=4'],
    ['NODE_OPTIONS', '--an-option-of-another-version'],
    ['OPENSSL_CONF', '/etc/passwd'],
    ['LD_PRELOAD', '/var/task/tracer.so'],
    ['NODE_EXTRA_CA_CERTS', '/var/task/certificates.pem'],
    ['NODE_DEBUG', 'http,net'],
  ])('does not keep the extension from starting, nor make it say anything: %s=%s', async (name, value) => {
    bundle(extension);
    const { lambda, exited, stderr } = await start({ ...capturing(), [name]: value });
    await lambda.asked(1);
    lambda.shutdown();
    expect(await exited).toBe(0);
    // The dynamic linker has told of a library that it does not find before any line of the launcher.
    expect(stderr().replace(/^ERROR: ld\.so: .*\n/gm, '')).toBe('');
  });

  test('a tracer that does resolve does not run in it, and no coverage is written', async () => {
    bundle(extension);
    const tracer = path.join(opt, 'tracer.mjs');
    fs.writeFileSync(tracer, `import fs from 'node:fs'; fs.writeFileSync(${JSON.stringify(`${opt}/traced`)}, '');`);
    const world = { NODE_OPTIONS: `--import ${tracer}`, NODE_V8_COVERAGE: `${opt}/coverage` };
    const { lambda, exited } = await start({ ...capturing(), ...world });
    await lambda.asked(1);
    lambda.shutdown();
    expect(await exited).toBe(0);
    expect(fs.readdirSync(opt)).not.toContain('traced');
    expect(fs.readdirSync(opt)).not.toContain('coverage');
  });

  test('is left out of its environment, and the rest is let through', async () => {
    bundle('console.log(JSON.stringify({ ...process.env, execArgv: process.execArgv.join(" ") }))');
    const kept = {
      AWS_REGION: 'eu-central-1',
      CAPTURE_DESTINATION: 's3://bucket',
      HTTPS_PROXY: 'http://proxy:3128',
      LD_LIBRARY_PATH: '/var/lang/lib',
      NODE_COMPILE_CACHE: `${opt}/cache`,
      NODE_EXTRA_CA_CERTS: path.resolve('package.json'),
      SSL_CERT_FILE: '/etc/pki/tls/cert.pem',
    };
    const cleared = Object.fromEntries(CLEARED.map((name) => [name, name === 'OPENSSL_CONF' ? '/dev/null' : '0']));
    const started = await start({ PATH, ...kept, ...cleared });
    expect(await started.exited).toBe(0);
    const [seen] = lines(started);
    expect(seen).toMatchObject({ ...kept, MALLOC_ARENA_MAX: '1', execArgv: '--max-semi-space-size=8' });
    for (const name of CLEARED) expect(seen).not.toHaveProperty(name);
  });

  test('is documented, each variable that is left out', () => {
    const [, section] = fs.readFileSync('docs/configuration.md', 'utf8').split(/^## What is left out.*$/m);
    const documented = Array.from(section!.matchAll(/`([A-Z][A-Z0-9_]+)`(?=.*\|.*\|)/g), ([, name]) => name);
    expect(documented.sort()).toEqual([...CLEARED, 'NODE_EXTRA_CA_CERTS'].sort());
  });
});

test('the launcher in the bundles can be executed, and the shell takes both files', () => {
  expect(fs.statSync('extension/launcher.sh').mode & 0o111).toBe(0o111);
  for (const [tool, ...args] of SHELLS) {
    for (const file of ['extension/launcher.sh', 'extension/without-node.sh']) {
      execFileSync(where(tool)!, [...args, '-n', file]);
    }
  }
});
