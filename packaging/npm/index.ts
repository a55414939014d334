/** Builds the npm package into dist/package, packs it, lets publint and arethetypeswrong check it, and prints its sizes. Run by `make package`. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { kilobytes } from '../sizes.ts';
import { buildPackage, pack, weightOf } from './build-package.ts';
import { CONTENTS } from './manifest.ts';

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, 'dist/package');
await buildPackage(root, CONTENTS, folder);
const { filename, size, unpackedSize, files } = await pack(folder, path.join(root, 'dist'));
const tarball = `dist/${filename}`;

const checks = [
  ['publint', 'run', folder, '--strict'],
  ['attw', path.join(root, tarball), '--profile', 'esm-only', '--no-emoji'],
];
for (const [check, ...args] of checks) {
  const { status } = spawnSync(path.join(root, 'packaging/checks/node_modules/.bin', check!), args, {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(1);
}

const weights = Object.keys(CONTENTS.modules).map(
  async (module) => `${module} alone, bundled and minified: ${kilobytes(await weightOf(folder, module))}`,
);
console.log(`${tarball}: ${kilobytes(size)} packed, ${kilobytes(unpackedSize)} unpacked, ${files.length} files`);
for (const line of await Promise.all(weights)) console.log(line);
