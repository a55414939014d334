import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** A module that a declaration imports, however it does. */
const IMPORT = /\b(from |import\()(['"])([^'"]+)\2/g;

/**
 * Writes the type declarations of some sources, and of what these declarations import: the compiler also writes those of all that the code imports.
 *
 * @param root the folder of the project
 * @param sources relative to it
 * @param folder gets each at the path of its source
 * @throws Error where a declaration imports a package: a user would have to install it
 */
export async function writeDeclarations(root: string, sources: readonly string[], folder: string): Promise<void> {
  const all = await mkdtemp(path.join(tmpdir(), 'declarations-'));
  try {
    const project = path.join(root, 'packaging/npm/types.tsconfig.json');
    await promisify(execFile)(path.join(root, 'node_modules/.bin/tsc'), ['--project', project, '--outDir', all]);
    const needed = new Set(sources.map((source) => source.replace(/\.ts$/, '.d.ts')));
    for (const file of needed) {
      const text = await readFile(path.join(all, file), 'utf8');
      for (const [, , , name] of text.matchAll(IMPORT)) {
        if (!name!.startsWith('.')) throw new Error(`Expected types of our own only, got "${name}" in ${file}`);
        needed.add(path.join(path.dirname(file), name!.replace(/\.ts$/, '.d.ts')));
      }
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      // A user's compiler looks for declarations by the name of the JavaScript.
      await writeFile(
        path.join(folder, file),
        text.replace(IMPORT, (found) => found.replace(/\.ts(['"])$/, '.js$1')),
      );
    }
  } finally {
    await rm(all, { recursive: true });
  }
}
