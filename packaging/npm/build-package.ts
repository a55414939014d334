import { execFile } from 'node:child_process';
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { type BuildOptions, build } from 'esbuild';
import { licensesOf } from '../licenses.ts';
import { writeDeclarations } from './declarations.ts';
import { type Contents, manifestOf } from './manifest.ts';

const OPTIONS = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  mainFields: ['module', 'main'],
} satisfies BuildOptions;

/** Writes the npm package into a folder, which is empty before. @param root the folder of the project */
export async function buildPackage(root: string, contents: Contents, folder: string): Promise<void> {
  const { modules, bins, files } = contents;
  await rm(folder, { recursive: true, force: true });
  const options = { ...OPTIONS, absWorkingDir: root };
  // What modules share is a file of its own.
  const imported = await build({
    ...options,
    entryPoints: { ...modules },
    outdir: folder,
    splitting: true,
    chunkNames: 'shared-[hash]',
  });
  // The YAML library is no ES module, and asks for Node's modules by `require`.
  const requiring = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
  const banner = { js: `#!/usr/bin/env node\n${requiring}` };
  const run = await build({
    ...options,
    entryPoints: { ...bins },
    outdir: path.join(folder, 'bin'),
    banner,
    splitting: true, // a command loads what it needs
    minify: true, // the SDK of S3 is in it
  });
  await writeDeclarations(root, Object.values(modules), path.join(folder, 'types'));
  for (const [name, source] of Object.entries({
    ...files,
    LICENSE: 'LICENSE',
    'README.md': 'packaging/npm/README.md',
  })) {
    await copyFile(path.join(root, source), path.join(folder, name));
  }
  const project = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const bundles = [imported.metafile, run.metafile];
  await writeFile(path.join(folder, 'LICENSES-OF-OTHERS.txt'), await licensesOf(root, bundles));
  await writeFile(path.join(folder, 'package.json'), `${JSON.stringify(manifestOf(contents, project), null, 2)}\n`);
}

/** What `npm pack` says of a tarball; sizes in bytes. */
export interface Packed {
  filename: string;
  size: number;
  unpackedSize: number;
  files: { path: string }[];
}

/** Packs a package with npm, without the network. @param into the folder that gets the tarball */
export async function pack(folder: string, into: string): Promise<Packed> {
  const args = ['pack', folder, '--pack-destination', into, '--json', '--offline', '--loglevel=error'];
  const { stdout } = await promisify(execFile)('npm', args);
  const [packed] = JSON.parse(stdout) as Packed[];
  return packed!;
}

/** What a module weighs in a function that is bundled, in bytes. */
export async function weightOf(folder: string, module: string): Promise<number> {
  const { outputFiles } = await build({
    ...OPTIONS,
    entryPoints: [path.join(folder, `${module}.js`)],
    minify: true,
    write: false,
  });
  return outputFiles[0]!.contents.length;
}
