import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { byMake, type EmulatorProcess, startEmulator } from '../emulator-process.ts';
import { type Block, blocksOf, documents, RUN_BY, runBlock, runUntilPrinted } from './commands.ts';

const BLOCKS = documents().flatMap(blocksOf);
/** The beginning of a line that a person types into a terminal. */
const COMMAND = /^(\$ |make|curl|aws|node|npm|npx|find|cat|python3?|pip|jq|docker|sam|\.venv)\b|^export \w+=/m;

test('every command is in a block that says who runs it', () => {
  const unmarked = BLOCKS.filter(({ kind, text }) => !(kind in RUN_BY) && COMMAND.test(text));
  expect(unmarked.map(({ document, line }) => `${document}:${line}`)).toEqual([]);
});

test('every block of commands names one of those that run commands', () => {
  const shells = BLOCKS.filter(({ kind }) => /^(sh|bash|shell|console|sql)\b/.test(kind));
  expect(shells.length).toBeGreaterThan(5);
  for (const { kind, document, line } of shells) expect(kind in RUN_BY, `${document}:${line}: ${kind}`).toBe(true);
});

test('only what needs the hub, an AWS account, Docker, hours or 7 GB is run by hand', () => {
  const byHand = BLOCKS.filter(({ kind }) => kind === 'sh by hand').map(({ document }) => document);
  expect([...new Set(byHand)]).toEqual([
    'docs/any-function.md',
    'docs/erasure.md',
    'docs/models.md',
    'model/README.md',
    'model/train/README.md',
    'test/oracles/huggingface/README.md',
  ]);
});

// The readers of a README have curl; a container that runs tests may have none.
const withCurl = describe.skipIf(spawnSync('curl', ['--version']).error !== undefined);

let folder: string;
const newFolder = async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'commands-'));
};
const removeFolder = () => rm(folder, { recursive: true, force: true });

withCurl('README.md, from the first command to the first record', () => {
  beforeEach(newFolder);
  afterEach(removeFolder);

  test('starts, answers as shown, and shows the record', async () => {
    const [start, ask, answer, find, ...more] = BLOCKS.filter(
      ({ document, kind }) => document === 'README.md' && kind !== 'ts',
    );
    expect(start!.text).toMatch(/^make start +#.*\n$/);
    expect(more.filter(({ kind }) => kind === 'sh')).toEqual([]);
    await using emulator = await startEmulator([], path.join(folder, 'local'), byMake('start'));
    const asked = await runBlock(ask!, emulator, folder);
    await emulator.stop('SIGTERM');
    const { score, ...rest } = JSON.parse(answer!.text);
    expect(JSON.parse(asked.stdout)).toEqual({ ...rest, score: expect.closeTo(score, 2) });
    const found = await runBlock(find!, emulator, folder);
    const record = JSON.parse(found.stdout); // one line, and nothing else
    expect(record.captureData.endpointInput.data).toContain('Where do I live?');
    expect(record.captureData.endpointOutput.data).toBe(asked.stdout);
  });
});

/** Commands that run until somebody ends them, and the line that they print when they are ready. */
const SERVERS: [command: RegExp, ready: RegExp][] = [
  [/^node model\/fetch\/fixtures\/serve\.ts/, /^make model HF_ENDPOINT=http:\/\/127\.0\.0\.1:\d+ MODEL=\S+$/m],
];

const elsewhere = BLOCKS.filter(({ document, kind }) => kind === 'sh' && document !== 'README.md');
const readyOf = ({ text }: Block) => SERVERS.find(([command]) => command.test(text))?.[1];

withCurl('the commands of the other documents', () => {
  let emulator: EmulatorProcess;
  beforeAll(async () => {
    await newFolder();
    emulator = await startEmulator([], path.join(folder, 'local'));
  });
  afterAll(async () => {
    await emulator.stop();
    await removeFolder();
  });

  test.each(elsewhere)('$document:$line', async (block) => {
    const ready = readyOf(block);
    if (ready !== undefined) {
      expect(await runUntilPrinted(block, ready)).toMatch(ready);
      return;
    }
    const { code, stdout, stderr } = await runBlock(block, emulator, folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toBe('');
    expect(stdout).not.toContain('"error"');
  });
});
