import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { type Stage, stage } from '../fixtures/environment.ts';
import { startGroup } from './processes/process-group.ts';

const STACK = /^\s+at /m;

/** The log, and the caller's answer, where nothing could start. Both say it in one line. */
async function failure(play: Stage) {
  const { status, headers, body } = await play.invoke({});
  expect([status, headers.get('x-amz-function-error')]).toEqual([200, 'Unhandled']);
  expect(play.log.join('\n')).not.toMatch(STACK);
  return body as { errorType: string; errorMessage: string };
}

describe.concurrent("as on Lambda, every file in the extensions' folder is started", () => {
  const foreign: [what: string, furnish: (file: string) => void, reason: string][] = [
    ['a note', (file) => writeFileSync(file, '# Extensions\n'), 'permission denied (make it executable'],
    ['a link to nowhere', (file) => symlinkSync('nowhere', file), 'no such file or directory (either'],
    ['a link to a folder', (file) => symlinkSync('/tmp', file), 'permission denied'],
    [
      'a script whose interpreter is not there',
      (file) => writeFileSync(file, `#!${file}.interpreter\n`, { mode: 0o755 }),
      'no such file or directory (either the file is not there, or the interpreter that its first line names)',
    ],
    ['a script without #!', (file) => writeFileSync(file, 'exit 0\n', { mode: 0o755 }), 'exec format error (it is'],
    ['an empty file', (file) => writeFileSync(file, '', { mode: 0o755 }), 'exec format error'],
  ];
  test.each(foreign)('%s fails the init, and says why', async (_what, furnish, reason) => {
    await using play = await stage({
      extensions: ['timely'],
      furnish: (folder) => furnish(path.join(folder, 'README.md')),
    });
    const { errorType, errorMessage } = await failure(play);
    expect(errorType).toBe('Extension.LaunchError');
    expect(errorMessage).toContain(`extensions/README.md: ${reason}`);
    expect(errorMessage).toMatch(/^RequestId: [\w-]{36} Error: fork\/exec \//);
    expect(play.log.join('\n')).toMatch(
      /EXTENSION\tName: README.md\tState: LaunchError\tEvents: \[\]\tError Type: \w+/,
    );
  });

  test('but a folder is not', async () => {
    await using play = await stage({ furnish: (folder) => mkdirSync(path.join(folder, 'lib')) });
    expect((await play.invoke({ behaviour: 'value', value: 'answered' })).body).toBe('answered');
  });
});

describe.concurrent('AWS_LAMBDA_EXEC_WRAPPER', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'wrapper-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const wrapper = (text: string, mode = 0o755) => {
    const file = path.join(folder, `wrapper-${text.length}`);
    writeFileSync(file, text, { mode });
    return file;
  };
  const wrapped = (file: string) => stage({ extensions: ['timely'], env: { AWS_LAMBDA_EXEC_WRAPPER: file } });

  test("is started with the runtime's command, which it may change, and the extensions without it", async () => {
    const file = wrapper('#!/bin/sh\nexport FROM_WRAPPER="$1"\nnode=$1; shift\nexec "$node" --title=wrapped "$@"\n');
    await using play = await wrapped(file);
    const { variables, title } = (await play.invoke({ behaviour: 'describe' })).body;
    expect([variables.FROM_WRAPPER, title]).toEqual([process.execPath, 'wrapped']);
    expect(JSON.parse(play.note('timely', 'variables'))).not.toHaveProperty('FROM_WRAPPER');
  });

  test.each([
    ['is not there', () => path.join(folder, 'gone'), 127, '/gone: does not exist'],
    ['is a folder', () => os.tmpdir(), 127, `${os.tmpdir()}: does not exist`],
    ['is not executable', () => wrapper('#!/bin/sh\n', 0o644), 126, 'is not an executable (AWS_LAMBDA_EXEC_WRAPPER)'],
    ['ends with an error of its own', () => wrapper('#!/bin/sh\necho no tracer; exit 3\n'), 3, 'no tracer'],
  ])('that %s fails the init, and says why', async (_what, file, exitCode, line) => {
    await using play = await wrapped(file());
    expect(await failure(play)).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(new RegExp(`Runtime exited with error: exit status ${exitCode}$`)),
    });
    expect(play.log.join('\n')).toContain(line);
  });
});

describe.concurrent('a handler', () => {
  test.each([
    ['without-handler', 'Runtime.HandlerNotFound', 'index.handler is undefined or not exported'],
    [
      'imports-nothing-there',
      'Runtime.ImportModuleError',
      expect.stringMatching(/^Cannot find module '.*nowhere\.mjs'/),
    ],
    [
      'never-settled',
      'Runtime.NodeJsExit',
      expect.stringContaining('module of the handler waits for was never settled'),
    ],
  ])('that cannot be had (%s) is told in one line', async (handler, errorType, errorMessage) => {
    await using play = await stage({ handler });
    expect(await failure(play)).toMatchObject({ errorType, errorMessage });
    expect(play.log.join('\n')).toMatch(new RegExp(`^${errorType}: .+$`, 'm'));
  });

  test('whose promise is never settled is a function error at once, and the next invocation works', async () => {
    await using play = await stage({ extensions: ['timely'] });
    const { headers, body } = await play.invoke({ behaviour: 'never-settle' });
    expect(headers.get('x-amz-function-error')).toBe('Unhandled');
    expect(body).toEqual({
      errorType: 'Runtime.NodeJsExit',
      errorMessage: 'The promise of the handler was never settled, and nothing is left to run that could settle it.',
      trace: [],
    });
    expect((await play.invoke({ behaviour: 'value', value: 'again' })).body).toBe('again');
    expect(play.log.join('\n')).not.toMatch(STACK);
    expect(play.log.filter((line) => line.includes('Status: timeout'))).toEqual([]);
  });
});

describe('a machine that has no file descriptor left', () => {
  // A process of its own, since all that is open in it counts.
  const run = (code: string) => {
    const at = (file: string) => JSON.stringify(pathToFileURL(path.resolve('emulator/environment', file)).href);
    const script = `
      import { closeSync, openSync } from 'node:fs';
      import { systemClock } from ${at('clock.ts')};
      import { Environment } from ${at('environment.ts')};
      import { startGroup } from ${at('processes/process-group.ts')};
      const opened = [];
      const exhaust = () => { try { for (;;) opened.push(openSync('/dev/null')); } catch {} };
      const program = { command: process.execPath, args: ['-e', ''], folder: '/', variables: {} };
      ${code}
    `;
    const args = ['-c', 'ulimit -n 64; exec "$@"', 'sh', process.execPath, '--input-type=module', '-e', script];
    return spawnSync('/bin/sh', args, { encoding: 'utf8', timeout: 20_000 });
  };

  test('cannot start a program, and says so', () => {
    const { stdout, stderr, status } = run(`
      exhaust();
      const { launchError } = await startGroup(program, () => {}).exited;
      for (const one of opened) closeSync(one);
      console.log(launchError.message);
    `);
    expect({ stdout, stderr, status }).toEqual({
      stdout: `fork/exec ${process.execPath}: too many open files (raise the number of open files with \`ulimit -n\`)\n`,
      stderr: '',
      status: 0,
    });
  });

  test('fails the init of an environment in one line, and starts it when there are some again', () => {
    const { stdout, stderr } = run(`
      const environment = new Environment({
        identity: { functionName: 'f', functionVersion: '$LATEST', handler: 'index.handler', accountId: '1' },
        functionArn: 'arn',
        memoryMb: 128,
        timeoutMs: 1000,
        extensions: [],
        runtimeProgram: () => ({ ...program, args: ['-e', 'process.exit(3)'] }),
        extensionProgram: () => program,
        clock: systemClock,
        log: (line) => console.log(line),
      });
      await environment.init(); // loads what it needs
      exhaust();
      console.log('exhausted');
      await environment.init();
      for (const one of opened) closeSync(one);
      await environment.init();
      process.exit();
    `);
    expect(stderr).toBe('');
    expect(stdout).not.toMatch(STACK);
    const [, afterwards] = stdout.split('exhausted');
    expect(afterwards).toMatch(
      /^The Runtime API cannot listen: listen EMFILE: too many open files.*\nSandbox\.Failure$/m,
    );
    expect(afterwards).toContain('Runtime exited with error: exit status 3\nRuntime.ExitError\n');
  });

  test('starts a program when there are some again', () => {
    const { stdout, stderr } = run(`
      exhaust();
      await startGroup(program, () => {}).exited;
      for (const one of opened) closeSync(one);
      console.log(JSON.stringify(await startGroup(program, () => {}).exited));
      process.exit();
    `);
    expect({ stdout, stderr }).toEqual({ stdout: '{"code":0,"signal":null}\n', stderr: '' });
  });
});

test('a working directory that is gone is blamed, and not the program', async () => {
  const folder = path.join(os.tmpdir(), 'gone', 'long', 'since');
  const { launchError } = await startGroup({ command: process.execPath, args: [], folder, variables: {} }, () => {})
    .exited;
  expect(launchError?.message).toBe(`chdir ${folder}: no such file or directory`);
});
