import { execFile } from 'node:child_process';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** Processors that Lambda has, by the names that Node gives them. */
export const ARCHITECTURES = ['x64', 'arm64'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** Files of Node, as absolute paths. */
export interface NodeFiles {
  binary: string;
  license: string;
}

/**
 * Node for Linux, from npm's package of its binary. npm itself checks the digest; a package that is for another processor than this one can be packed,
 * but not installed.
 *
 * @param cache the folder that keeps what was fetched
 */
export async function fetchNode(version: string, architecture: Architecture, cache: string): Promise<NodeFiles> {
  const name = `node-linux-${architecture}`;
  const folder = path.join(cache, `${name}-${version}`);
  const files = { binary: path.join(folder, 'package/bin/node'), license: path.join(folder, 'package/LICENSE') };
  if (
    await access(files.license).then(
      () => true,
      () => false,
    )
  )
    return files;
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  try {
    const run = promisify(execFile);
    await run('npm', ['pack', `${name}@${version}`, '--pack-destination', unfinished, '--silent']);
    const tarball = path.join(unfinished, `${name}-${version}.tgz`);
    await run('tar', ['-xzf', tarball, '-C', unfinished, 'package/bin/node', 'package/LICENSE']);
    await rm(tarball);
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
  return files;
}
