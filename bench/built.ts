import { stat } from 'node:fs/promises';
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

/** The executable that Lambda starts. */
export function builtExtension(root: string): Promise<string> {
  return required(root, 'dist/extension/extensions/inference-capture', 'make build');
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
