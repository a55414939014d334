import { existsSync, readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Stage {
  image: string;
  name: string | undefined;
  copies: { from: string | undefined; source: string; target: string }[];
}

/** The stages of the Dockerfile, as far as it uses the language: FROM, and COPY with one source. */
function stages(): Stage[] {
  const all: Stage[] = [];
  for (const line of readFileSync('Dockerfile', 'utf8').split('\n')) {
    const from = /^FROM (\S+)(?: AS (\S+))?$/.exec(line);
    const copy = /^COPY (?:--from=(\S+) )?(\S+) (\S+)$/.exec(line);
    if (from) all.push({ image: from[1]!, name: from[2], copies: [] });
    else if (copy) all.at(-1)!.copies.push({ from: copy[1], source: copy[2]!, target: copy[3]! });
    else expect(line, 'a line that this test does not understand').toMatch(/^(#.*|CMD .*|)$/);
  }
  return all;
}

const [extension, ours] = stages();
const ALLOWED = readFileSync('.dockerignore', 'utf8')
  .split('\n')
  .flatMap((line) => /^!(.+)/.exec(line)?.[1] ?? []);

test('there are two stages: the extension, which others take, and the function, which is built where no stage is named', () => {
  expect(stages().map(({ name }) => name)).toEqual(['extension', undefined]);
  expect(extension!.image).toBe('scratch'); // nothing but what is copied
});

test('what is copied was built, and is part of what Docker is sent', () => {
  const sources = stages().flatMap(({ copies }) => copies.filter(({ from }) => from === undefined));
  expect(sources.map(({ source }) => source).sort()).toEqual(ALLOWED.sort());
  for (const { source } of sources) expect(existsSync(source), source).toBe(true);
});

test('the function has all of the extension, where Lambda looks for it', () => {
  expect(extension!.copies).toEqual([{ from: undefined, source: 'dist/extension', target: '/opt' }]);
  expect(ours!.copies).toContainEqual({ from: 'extension', source: '/opt', target: '/opt' });
  expect(statSync('dist/extension/extensions/inference-capture').mode & 0o111).toBe(0o111);
});
