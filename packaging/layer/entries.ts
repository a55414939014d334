import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { NodeFiles } from './node-binary.ts';
import type { ZipEntry } from './zip.ts';

/** What a function may have at most. Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const LAMBDA_LIMITS = {
  /** Bytes of a zip that is uploaded directly, without S3. */
  zipped: 50 * 1024 * 1024,
  /** Bytes of the function and all its layers together, unzipped. */
  unzipped: 250 * 1024 * 1024,
};

/** The files of the built extension, at the places below /opt where Lambda puts those of a layer. @param extension the folder dist/extension */
export async function extensionEntries(extension: string): Promise<ZipEntry[]> {
  const names = (await readdir(extension, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(extension, path.join(entry.parentPath, entry.name)));
  return Promise.all(
    names.map(async (name) => {
      const file = path.join(extension, name);
      return { name, source: { file }, executable: ((await stat(file)).mode & 0o100) !== 0 };
    }),
  );
}

/** Node at the place where the launcher looks for the extension's own. */
export function nodeEntries({ binary, license }: NodeFiles): ZipEntry[] {
  return [
    { name: 'inference-capture/node', source: { file: binary }, executable: true },
    { name: 'inference-capture/LICENSE-OF-NODE.txt', source: { file: license } },
  ];
}

/** @throws Error where Lambda would refuse the layer */
export function requireLimits(name: string, zipped: number, unzipped: number): void {
  for (const [what, bytes, most] of [
    ['zipped', zipped, LAMBDA_LIMITS.zipped],
    ['unzipped', unzipped, LAMBDA_LIMITS.unzipped],
  ] as const) {
    if (bytes > most)
      throw new Error(`Expected ${name} to have at most ${most} bytes ${what}, as Lambda allows, got ${bytes}`);
  }
}
