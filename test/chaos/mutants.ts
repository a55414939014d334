import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

/** A fault planted in a copy of the extension: a text of a source file, and what it is replaced by. */
export interface Mutant {
  /** What it does wrong. */
  name: string;
  file: string;
  text: string;
  by: string;
  /** How the verdict on one of its runs begins; a regular expression. */
  found: string;
  /** The first seed to try: one of the next few finds it. @default 1 */
  firstSeed?: number;
}

/**
 * Builds the extension with a fault.
 *
 * @returns its executable
 * @throws Error where the text is not in the file exactly once
 */
export async function buildMutant({ name, file, text, by }: Mutant, folder: string): Promise<string> {
  for (const part of ['extension', 'capture']) await cp(part, path.join(folder, part), { recursive: true });
  const source = path.join(folder, file);
  const parts = (await readFile(source, 'utf8')).split(text);
  if (parts.length !== 2) {
    throw new Error(`Expected the text of the mutant "${name}" once in ${file}, found it ${parts.length - 1} times`);
  }
  await writeFile(source, parts.join(by));
  const [bundle, extensions] = [path.join(folder, 'opt/inference-capture'), path.join(folder, 'opt/extensions')];
  await build({
    entryPoints: [path.join(folder, 'extension/index.ts')],
    outdir: bundle,
    nodePaths: [path.resolve('node_modules')],
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    outExtension: { '.js': '.mjs' },
    banner: {
      js: "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);",
    },
  });
  await mkdir(extensions);
  const executable = path.join(extensions, 'inference-capture');
  await cp(path.join(folder, 'extension/launcher.sh'), executable);
  await chmod(executable, 0o755);
  return executable;
}
