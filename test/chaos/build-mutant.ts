import { chmod, cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

/** What the extension is built from. */
const EXTENSION = { entry: 'extension/index.ts', launcher: 'extension/launcher.sh' };
const STAND_INS = path.resolve(import.meta.dirname, 'mutants');

const OPTIONS: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  mainFields: ['module', 'main'],
  outExtension: { '.js': '.mjs' },
  logLevel: 'silent',
  metafile: true,
};

/**
 * Builds the extension with a fault.
 *
 * @param standIn a file, relative to the folder `mutants`; without one, the extension has no fault
 * @param folder where to build; it must exist
 * @returns the extension's executable
 * @throws Error where the stand-in does not take effect, or does not fit the module that it stands in for
 */
export async function buildMutant(standIn: string | undefined, folder: string): Promise<string> {
  const file = standIn && path.resolve(STAND_INS, standIn);
  const [launcher, module] = file?.endsWith('.sh') ? [file, undefined] : [EXTENSION.launcher, file];
  const { warnings, metafile } = await build({
    ...OPTIONS,
    entryPoints: [EXTENSION.entry],
    outdir: path.join(folder, 'opt/inference-capture'),
    splitting: true,
    banner: {
      js: "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);",
    },
    plugins: module ? [standingIn(module, await originalOf(module))] : [],
  });
  if (warnings.length > 0) throw new Error(`Expected ${standIn} to fit the extension, got: ${warnings[0]!.text}`);
  if (module && !Object.keys(metafile!.inputs).includes(path.relative('', module))) {
    throw new Error(`Expected the extension to import the module that ${standIn} stands in for, found no such import`);
  }
  const executable = path.join(folder, 'opt/extensions/inference-capture');
  await mkdir(path.dirname(executable));
  await cp(launcher, executable);
  await chmod(executable, 0o755);
  return executable;
}

/** Whoever imports the original gets the stand-in, except for the stand-in itself. */
function standingIn(standIn: string, original: string): Plugin {
  return {
    name: 'standing-in',
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ path: imported, resolveDir, importer }) =>
        path.resolve(resolveDir, imported) === original && importer !== standIn ? { path: standIn } : undefined,
      );
    },
  };
}

/**
 * The module that a stand-in stands in for: the only one that it imports at run time.
 *
 * @throws Error where there is not exactly one
 */
async function originalOf(standIn: string): Promise<string> {
  const { metafile } = await build({ ...OPTIONS, entryPoints: [standIn], outdir: 'unused', write: false });
  const { imports } = metafile!.inputs[path.relative('', standIn)]!;
  const originals = new Set(imports.filter(({ external }) => !external).map((one) => path.resolve(one.path)));
  if (originals.size !== 1) {
    throw new Error(
      `Expected ${standIn} to import the one module that it stands in for, got ${originals.size} modules`,
    );
  }
  return [...originals][0]!;
}
