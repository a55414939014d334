import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';

const FOLDERS = ['capture', 'function', 'extension', 'emulator', 'bench', 'model'];
const crossings = FOLDERS.flatMap((from) => FOLDERS.filter((to) => to !== from).map((to) => ({ from, to })));
const forbidden = crossings.filter(({ to }) => to !== 'capture');
const allowed = crossings.filter(({ to }) => to === 'capture');

/** function/ has a folder `model` of its own, so an import of model/ is known by the folder in it. */
const INSIDE: Record<string, string> = { model: 'model/evaluate' };
const TASKLESS = ['function', 'function/event-sources'];

/** What the linter says of a house in which every folder imports every other. */
let complaints: string;
beforeAll(() => {
  const house = mkdtempSync(path.join(tmpdir(), 'house-'));
  cpSync('biome.json', path.join(house, 'biome.json'));
  for (const { from, to } of crossings) {
    mkdirSync(path.join(house, from), { recursive: true });
    writeFileSync(path.join(house, from, `to-${to}.ts`), `import '../${INSIDE[to] ?? to}/index.ts';\n`);
  }
  for (const folder of TASKLESS) {
    mkdirSync(path.join(house, folder), { recursive: true });
    writeFileSync(path.join(house, folder, 'to-task.ts'), "import '../tasks/question-answering/task.ts';\n");
  }
  writeFileSync(path.join(house, 'capture/one.ts'), "import './two.ts';\n");
  writeFileSync(path.join(house, 'capture/two.ts'), "import './one.ts';\n");
  const flags = [
    'lint',
    '--vcs-enabled=false',
    '--max-diagnostics=none',
    '--reporter=github',
    '--error-on-warnings',
    '.',
  ];
  const { stdout, status } = spawnSync(path.resolve('node_modules/.bin/biome'), flags, {
    cwd: house,
    encoding: 'utf8',
  });
  rmSync(house, { recursive: true });
  expect(status).toBe(1);
  complaints = stdout;
});

const restricted = (from: string, to: string) => new RegExp(`noRestrictedImports,file=\\S*/${from}/to-${to}\\.ts`);

test.each(forbidden)('$from/ must not import $to/', ({ from, to }) => {
  expect(complaints).toMatch(restricted(from, to));
});

test.each(allowed)('$from/ may import $to/', ({ from, to }) => {
  expect(complaints).not.toMatch(restricted(from, to));
});

test.each(TASKLESS)('%s/ must not import a task', (folder) => {
  expect(complaints).toMatch(restricted(folder, 'task'));
});

test('a cycle of imports is refused', () => {
  expect(complaints).toMatch(/noImportCycles,file=\S*\/capture\/one\.ts/);
});
