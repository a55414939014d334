import { mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { createCaptureClient } from '../capture/client.ts';

/**
 * The path of something that a measurement needs.
 *
 * @param madeBy the command that makes it
 * @throws {Error} where it is not there
 */
export async function required(root: string, relative: string, madeBy: string): Promise<string> {
  const file = path.join(root, relative);
  await stat(file).catch(() => {
    throw new Error(`Expected ${relative}, got nothing there. Run \`${madeBy}\`.`);
  });
  return file;
}

/**
 * The executable that Lambda starts, as in an image of Lambda's for Node: the Node of this process takes the place of the image's own, which the
 * launcher starts without asking it anything.
 */
export async function builtExtension(root: string): Promise<string> {
  const launcher = await readFile(
    await required(root, 'dist/extension/extensions/inference-capture', 'make build'),
    'utf8',
  );
  const here = launcher.replace('\nimage=/var/lang/bin/node\n', `\nimage=${process.execPath}\n`);
  if (here === launcher) throw new Error("Expected the launcher to name the Node of Lambda's image, got no such line");
  const opt = path.join(root, 'dist/bench/opt');
  await rm(opt, { recursive: true, force: true });
  await mkdir(path.join(opt, 'extensions'), { recursive: true });
  await symlink('../../extension/inference-capture', path.join(opt, 'inference-capture'));
  const file = path.join(opt, 'extensions/inference-capture');
  await writeFile(file, here, { mode: 0o755 });
  return file;
}

/** The function's bundle. */
export function builtFunction(root: string): Promise<string> {
  return required(root, 'dist/function/index.mjs', 'make build');
}

/** One of the bundles that are made for the benchmark. */
export function builtForBench(root: string, name: string): Promise<string> {
  return required(root, `dist/bench/${name}.mjs`, 'make build');
}

/** What makes a capture client, from its bundle: as minified as in the function. */
export async function builtCaptureClient(root: string): Promise<typeof createCaptureClient> {
  const bundle = pathToFileURL(await builtForBench(root, 'capture-client')).href;
  const module = (await import(bundle)) as { createCaptureClient: typeof createCaptureClient };
  return module.createCaptureClient;
}
