import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';

/** Folders of which code runs when the product does. */
const PRODUCTION = ['capture', 'middleware', 'packaging', 'function', 'extension', 'emulator', 'model'];
const FOLDERS = [...PRODUCTION, 'bench'];
/** A place of each folder that others may want to import from: of `model/`, its own folders name it. */
const INSIDE: Record<string, string> = {
  model: 'model/evaluate',
  fixtures: 'capture/fixtures',
  s3: 'emulator/s3',
  'own-model': 'function/model',
  task: 'function/tasks/question-answering',
};

interface Import {
  from: string;
  /** A folder, or a key of INSIDE. */
  to: string;
}

/** What is for tests and benchmarks. */
const FOR_TESTS = ['harness', 'fixtures'];
const TESTS = [
  ...PRODUCTION.flatMap((folder) => [`${folder}/a.test.ts`, `${folder}/deep/fixtures/a.ts`]),
  'bench/a.ts',
];
const production = PRODUCTION.map((folder) => `${folder}/deep/a.ts`);
const folderOf = (file: string) => file.split('/')[0]!;
const imports = (files: string[], targets: string[]): Import[] =>
  files.flatMap((from) => targets.filter((to) => to !== folderOf(from)).map((to) => ({ from, to })));

/** Code of the function that all tasks share. */
const SHARED = ['function/a.ts', 'function/event-sources/a.ts'];

const others = FOLDERS.filter((folder) => folder !== 'capture');
/** The emulator runs any template, so even the contract is none of its business. */
const isNotOfEmulator = (file: string) => folderOf(file) !== 'emulator';
const OTHERS = [...production, ...TESTS].filter(isNotOfEmulator);
const EMULATOR = ['emulator/a.test.ts', 'emulator/deep/fixtures/a.ts', 'emulator/deep/a.ts'];
const FORBIDDEN = [
  ...imports([...production, ...TESTS], [...others, 'test']),
  ...imports(production, FOR_TESTS),
  ...imports(EMULATOR, ['capture', ...FOR_TESTS]),
  ...imports(['harness/a.ts'], [...others, 'test']),
  ...imports(SHARED, [...others, 'test', ...FOR_TESTS, 'task']),
];
const ALLOWED = [
  ...imports([...OTHERS, 'harness/a.ts'], ['capture']),
  ...imports(TESTS.filter(isNotOfEmulator), FOR_TESTS),
  ...imports(['harness/a.ts'], ['s3']),
  ...imports(SHARED, ['capture', 'own-model']),
  ...imports(['function/deep/a.ts'], ['own-model', 'task']),
  ...imports(['test/a.ts'], [...FOLDERS, ...FOR_TESTS]),
];

const fileOf = ({ from, to }: Import) => path.join(path.dirname(from), `to-${to}-${path.basename(from)}`);

/** What the linter says of a house in which each of these imports is a file. */
let complaints: string;
beforeAll(() => {
  const house = mkdtempSync(path.join(tmpdir(), 'house-'));
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(house, file)), { recursive: true });
    writeFileSync(path.join(house, file), text);
  };
  cpSync('biome.json', path.join(house, 'biome.json'));
  for (const one of [...FORBIDDEN, ...ALLOWED]) {
    const target = path.join(INSIDE[one.to] ?? one.to, 'target.ts');
    write(target, 'export const target = 1;\n');
    write(fileOf(one), `import '${path.relative(path.dirname(fileOf(one)), target)}';\n`);
  }
  write('capture/one.ts', "import './two.ts';\n");
  write('capture/two.ts', "import './one.ts';\n");
  const flags = ['lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=github', '--error-on-warnings'];
  const biome = path.resolve('node_modules/.bin/biome');
  const { stdout, status } = spawnSync(biome, [...flags, '.'], { cwd: house, encoding: 'utf8' });
  rmSync(house, { recursive: true });
  expect(status).toBe(1);
  complaints = stdout;
});

const complaint = (one: Import) => new RegExp(`noRestrictedImports,file=\\S*/?${fileOf(one).replaceAll('.', '\\.')}`);

test.each(FORBIDDEN)('$from must not import $to', (one) => {
  expect(complaints).toMatch(complaint(one));
});

test.each(ALLOWED)('$from may import $to', (one) => {
  expect(complaints).not.toMatch(complaint(one));
});

test('a cycle of imports is refused', () => {
  expect(complaints).toMatch(/noImportCycles,file=\S*capture\/one\.ts/);
});
