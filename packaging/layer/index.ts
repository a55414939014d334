/** Makes the layers in dist/layers, and prints their sizes. Run by `make layer`. */
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { licensesOf } from '../licenses.ts';
import { megabytesOf } from '../sizes.ts';
import { extensionEntries, LAMBDA_LIMITS, nodeEntries, requireLimits } from './entries.ts';
import { ARCHITECTURES, fetchNode } from './node-binary.ts';
import { writeZip, type ZipEntry } from './zip.ts';

const [asked = ''] = process.argv.slice(2);
const architecture = ARCHITECTURES.find((one) => one === (asked || 'x64'));
if (architecture === undefined) {
  console.error(`Expected ARCH to be ${ARCHITECTURES.join(' or ')}, got "${asked}"`);
  process.exit(2);
}
const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, 'dist/layers');
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });

// The bundles are made already: this only tells which packages are in them.
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['extension/index.ts', 'extension/sinks/s3.ts', 'extension/sinks/file.ts'],
  ...{ bundle: true, platform: 'node', format: 'esm', outdir: 'unused', write: false, metafile: true },
});
const extension: ZipEntry[] = [
  ...(await extensionEntries(path.join(root, 'dist/extension'))),
  { name: 'inference-capture/LICENSE', source: { file: path.join(root, 'LICENSE') } },
  { name: 'inference-capture/LICENSES-OF-OTHERS.txt', source: { text: await licensesOf(root, [metafile]) } },
];
const { devDependencies } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
const node = await fetchNode(devDependencies.node, architecture, path.join(root, 'local/node'));

for (const [name, entries] of [
  ['inference-capture', extension],
  ['inference-capture-with-node', [...extension, ...nodeEntries(node)]],
] as const) {
  const file = path.join(folder, `${name}.zip`);
  await writeZip(entries, file);
  const sizes = entries.map(async ({ source }) =>
    'file' in source ? (await stat(source.file)).size : Buffer.byteLength(source.text),
  );
  const unzipped = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  const { size: zipped } = await stat(file);
  requireLimits(name, zipped, unzipped);
  const carries = entries === extension ? '' : `, Node ${devDependencies.node} for ${architecture}`;
  console.log(
    `dist/layers/${name}.zip: ${megabytesOf(zipped, LAMBDA_LIMITS.zipped)} zipped, ${megabytesOf(unzipped, LAMBDA_LIMITS.unzipped)} unzipped${carries}`,
  );
}
