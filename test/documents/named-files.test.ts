import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { documents } from './commands.ts';

const INSTALLED = [
  'node_modules',
  'dist',
  'local',
  '.aws-sam',
  '.venv',
  '.venv-oracles',
  '.venv-commands',
  '.venv-schemathesis',
  '.venv-clients',
];
const files = globSync('**/*.{ts,mjs,sh,py,md,yaml}', { exclude: (name) => INSTALLED.includes(path.basename(name)) });
/** By the end of its path, each file: `words.ts`, `tokenizer/words.ts`, `function/tokenizer/words.ts`. */
const ends = new Set(files.flatMap((file) => file.split('/').map((_, at, parts) => parts.slice(at).join('/'))));

/** A file's name, perhaps with folders. Python files without one are those of others, such as SQuAD's scripts. */
const NAMED =
  /(?<![\w@/.$}*-])(?:(?:[\w@.-]+\/)*[\w@.-]+\.(?:ts|mjs|sh|md|yaml)|(?:[\w@.-]+\/)+[\w@.-]+\.py)(?![\w/(-])/g;
const COMMENT = /^\s*(?:\/\/|\/?\*|#).*|\s(?:\/\/|#) .*/;
/** What a build makes, or a run leaves. */
const MADE = /^(?:dist|local)\//;

function missing(file: string, text: string): string[] {
  const named = Array.from(text.matchAll(NAMED), ([name]) => name);
  const isThere = (name: string) => ends.has(path.normalize(name)) || ends.has(path.join(path.dirname(file), name));
  return named.filter((name) => !MADE.test(name) && !isThere(name)).map((name) => `${file} names ${name}`);
}

test('every file that a document names is there', () => {
  expect(documents().flatMap((document) => missing(document, readFileSync(document, 'utf8')))).toEqual([]);
});

test('every file that a comment names is there', () => {
  const sources = [...files.filter((file) => !file.endsWith('.md')), 'Makefile', 'Dockerfile'];
  const comments = (file: string) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => COMMENT.exec(line)?.[0] ?? '')
      .join('\n');
  expect(sources.length).toBeGreaterThan(300);
  expect(sources.flatMap((file) => missing(file, comments(file)))).toEqual([]);
});
