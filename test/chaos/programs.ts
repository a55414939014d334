import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

/** The programs that the environments of a campaign run. */
export interface Programs {
  /** The emulator's runtime as a bundle, because Node strips the types of a .ts file at each start. */
  runtime: string;
  /** The folder of the function's index.mjs. */
  taskRoot: string;
  /** The extension's executable. */
  extension: string;
  /** A folder with a `node` whose wall clock can be set: see emulator/fixtures/stepped-clock.mjs. */
  bin: string;
  /** The folder of Node's compile cache. A run starts a dozen processes, which share it. */
  compileCache: string;
}

export const STEPPED_CLOCK = path.resolve('emulator/fixtures/stepped-clock.mjs');

/** Bundles the runtime and the stand-in for the function, once for a campaign. */
export async function buildPrograms(folder: string, extension: string): Promise<Programs> {
  await mkdir(folder, { recursive: true });
  const options = { bundle: true, platform: 'node', format: 'esm', outExtension: { '.js': '.mjs' } } as const;
  await Promise.all([
    build({ ...options, entryPoints: { index: 'test/chaos/function.ts' }, outdir: path.join(folder, 'function') }),
    build({ ...options, entryPoints: { runtime: 'emulator/runtime/index.ts' }, outdir: folder }),
  ]);
  const bin = path.join(folder, 'bin');
  await mkdir(bin);
  await writeFile(path.join(bin, 'node'), `#!/bin/sh\nexec ${process.execPath} --import ${STEPPED_CLOCK} "$@"\n`);
  await chmod(path.join(bin, 'node'), 0o755);
  return {
    bin,
    runtime: path.join(folder, 'runtime.mjs'),
    taskRoot: path.join(folder, 'function'),
    extension,
    compileCache: path.join(folder, 'compile-cache'),
  };
}
