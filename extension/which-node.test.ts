import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { launcher, lines, opt, SHELLS, start, where } from './fixtures/launched.ts';

const file = (name: string) => path.join(opt, name);
/** A program as a script: a version manager's `node` is one. */
const script = (body: string) => `#!/bin/sh\n${body}\n`;
/** A Node that is new enough, as far as a launcher sees. */
const enough = (name: string, version = 'v24.21.0') =>
  script(`[ "$1" != -v ] || { echo ${version}; exit; }; echo '{"runsOn":"${name}"}'`);
/** A program of this machine with a part of its file changed. */
function changed(from: string, to: string): Buffer {
  const bytes = fs.readFileSync(where('cat')!);
  const at = bytes.indexOf(from);
  if (at === -1 || from.length !== to.length) throw new Error(`Expected ${from} in ${where('cat')}`);
  bytes.write(to, at);
  return bytes;
}
function ofAnotherProcessor(): Buffer {
  const bytes = fs.readFileSync(where('cat')!);
  bytes.writeUInt16LE(bytes.readUInt16LE(18) === 183 ? 62 : 183, 18); // e_machine: AArch64 or x86-64
  return bytes;
}
const LOADER = '/lib64/ld-linux-x86-64.so.2';

/** What the name `node` may lead to, and what is no Node that runs the bundle. */
const BROKEN: [string, () => string | Buffer][] = [
  ['a version before 20.16', () => script('echo v18.20.8')],
  ['a version between 20.16 and 22.3 that lacks what the bundle needs', () => script('echo v22.2.0')],
  ['a script that fails', () => script('echo "no version is set" >&2; exit 1')],
  ['a program that ends at once and says nothing', () => script('exit 0')],
  ['a program that says something else', () => script('echo \'usage: "node" [host]\'')],
  ['a program that a signal ends', () => script('kill -9 $$')],
  ['a script of an interpreter that is not there', () => '#!/nowhere/sh\necho v24.0.0\n'],
  ['no program at all', () => Buffer.from([0, 1, 2, 3])],
  ['an empty file', () => ''],
  ['a program of another processor', ofAnotherProcessor],
  ['a program of another C library', () => changed(LOADER, '/lib64/ld-musl-x86-64.so.1.')],
  ['a program that lacks a library', () => changed('libc.so.6\0', 'libc.so.9\0')],
];
/** Only this machine's processor has a loader of this name. */
const KINDS = BROKEN.filter(([kind]) => kind !== 'a program of another C library' || process.arch === 'x64');

const put = (name: string, content: string | Buffer, mode = 0o755) => fs.writeFileSync(file(name), content, { mode });
const waits = /: no record is captured\. Add Node 20\.16 or newer/;

beforeEach(() => {
  fs.symlinkSync(where('curl')!, file('bin/curl')); // so that the extension can wait
  put('inference-capture/index.mjs', 'console.log(JSON.stringify({ runsOn: process.execPath }))');
});

describe.each(SHELLS)('under %s', (tool, ...args) => {
  const run = () => start({ PATH: file('bin') }, [where(tool)!, ...args, launcher()]);
  /** The node that the extension ran on. */
  async function ranOn(): Promise<unknown> {
    const started = await run();
    expect(await started.exited).toBe(0);
    return lines(started)[0]?.['runsOn'];
  }
  const own = () => put('inference-capture/node', enough('its own'));

  describe.each(KINDS)('where node is %s', (_, content) => {
    beforeEach(() => put('bin/node', content()));

    test('the extension waits, and the function goes on', async () => {
      const started = await run();
      await started.lambda.asked(1);
      expect(started.lambda.routes).toEqual(['POST /register', 'GET /event/next']);
      expect(lines(started)).toMatchObject([{ level: 'ERROR', message: expect.stringMatching(waits) }]);
      expect(started.stderr()).toBe('');
      started.lambda.shutdown();
      expect(await started.exited).toBe(0);
    });

    test('the extension takes its own, if it has one', async () => {
      fs.symlinkSync(process.execPath, file('inference-capture/node'));
      expect(await ranOn()).toBe(process.execPath);
    });

    test('and its own is no better, it waits too', async () => {
      put('inference-capture/node', content());
      const started = await run();
      await started.lambda.asked(1);
      expect(lines(started)).toMatchObject([{ message: expect.stringMatching(/^the Node of the layer does not run/) }]);
    });
  });

  test.each([
    ['a folder', () => fs.mkdirSync(file('bin/node'))],
    ['a link to nowhere', () => fs.symlinkSync('/nowhere/node', file('bin/node'))],
    ['a file that cannot be executed', () => put('bin/node', script('echo v24.0.0'), 0o644)],
    ['nothing', () => {}],
  ])('where node is %s, the extension takes its own', async (_, make) => {
    make();
    fs.symlinkSync(process.execPath, file('inference-capture/node'));
    expect(await ranOn()).toBe(process.execPath);
  });

  test('a Node of the image that is new enough is preferred to its own', async () => {
    own();
    fs.symlinkSync(process.execPath, file('bin/node'));
    expect(await ranOn()).toBe(process.execPath);
  });

  test('its own is the file beside the bundle', async () => {
    own();
    expect(await ranOn()).toBe('its own');
  });

  describe("where the image is Lambda's for Node", () => {
    beforeEach(() => {
      const atHome = fs
        .readFileSync(launcher(), 'utf8')
        .replace('image=/var/lang/bin/node', `image=${file('lang-node')}`);
      expect(atHome).toContain(file('lang-node'));
      put('extensions/inference-capture', atHome);
      put('lang-node', script(`echo "$@" >>${file('calls')}\n[ "$1" != -v ] || echo v18.20.8`));
    });
    const calls = () => fs.readFileSync(file('calls'), 'utf8').trimEnd().split('\n');

    test('its Node starts the bundle and is asked nothing before, whatever the PATH of the function has', async () => {
      fs.symlinkSync(process.execPath, file('bin/node'));
      expect(await (await run()).exited).toBe(0);
      expect(calls()).toEqual([expect.stringMatching(/index\.mjs$/)]);
    });

    test('it is asked first where the extension has one of its own, which takes the place of an old one', async () => {
      fs.symlinkSync(process.execPath, file('inference-capture/node'));
      expect(await ranOn()).toBe(process.execPath);
      expect(calls()).toEqual(['-v']);
    });
  });
});

test.each([
  ['v20.15.1', false],
  ['v20.16.0', true],
  ['v20.20.2', true],
  ['v21.7.3', false],
  ['v22.2.0', false],
  ['v22.3.0', true],
  ['v22.21.1', true],
  ['v23.0.0', true],
  ['v24.21.0', true],
  ['v26.0.0', true],
  ['v30.1.0', true],
  ['v100.0.0', true],
  ['v2.3.0', false],
  ['v8.17.0', false],
  ['24.21.0', false],
])('%s: runs the bundle: %s', async (version, isEnough) => {
  put('bin/node', enough('the image', version));
  const started = await start({ PATH: file('bin') });
  await (isEnough ? started.exited : started.lambda.asked(1));
  expect(lines(started)).toEqual([isEnough ? { runsOn: 'the image' } : expect.objectContaining({ level: 'ERROR' })]);
});
