import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Metafile } from 'esbuild';

/** The folder of the package that a file of a bundle comes from. */
const PACKAGE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/**
 * The licences of all packages of which code is in some bundles, each text once: they ask that it goes where the code goes.
 *
 * @param root the folder that the paths in the bundles begin at
 * @returns an empty text where there is no code of others
 * @throws Error where a package says nothing of a licence
 */
export async function licensesOf(root: string, bundles: readonly Metafile[]): Promise<string> {
  const inputs = bundles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs)),
  );
  const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const folders = new Set(used.flatMap(([file]) => PACKAGE.exec(file) ?? []));
  const packagesByText = new Map<string, string[]>();
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(await readFile(path.join(root, folder, 'package.json'), 'utf8'));
    const file = (await readdir(path.join(root, folder))).find((each) => /^licen[cs]e/i.test(each));
    if (file === undefined && !license) throw new Error(`Expected the licence of ${name} in ${folder}, got none`);
    const text = file === undefined ? license : (await readFile(path.join(root, folder, file), 'utf8')).trim();
    packagesByText.set(text, [...(packagesByText.get(text) ?? []), `${name} ${version}`]);
  }
  return Array.from(packagesByText, ([text, packages]) => `${packages.join(', ')}:\n\n${text}\n`).join(
    `\n${'-'.repeat(80)}\n\n`,
  );
}
