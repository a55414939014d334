/** Bundles what runs inside Lambda into dist/, and what the benchmark loads of it. Run by `make build`. */
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { prepareModel } from './function/qa/prepare-model.ts';

const LAUNCHER = `#!/bin/sh
# Lambda starts every executable in /opt/extensions; the bundle lies beside that folder.
# Memory is the function's: one arena for malloc, and a young generation of 8 MB instead of 16, for some 20 MB less under load.
MALLOC_ARENA_MAX=1 exec node --max-semi-space-size=8 "\${0%/*}/../inference-capture/index.mjs"
`;

/** The tokenizer drags in two onnxruntimes through its tensors, which it does not use. */
const withoutTensors: Plugin = {
  name: 'without-tensors',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /backends\/onnx\.js$/ }, ({ path }) => ({ path, namespace: 'no-onnx' }));
    onLoad({ filter: /.*/, namespace: 'no-onnx' }, () => ({
      contents: 'export const ONNX = { env: {}, Tensor: class {} }; export const executionProviders = [];',
    }));
  },
};

/** Of onnxruntime, only the native library stays outside of the bundle: its 30 small modules take longer to find than to run. */
const withNativeLibrary: Plugin = {
  name: 'with-native-library',
  setup({ onLoad }) {
    onLoad({ filter: /onnxruntime-node\/dist\/binding\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const inPackage = 'require(`../bin/';
      if (source.split(inPackage).length !== 2) throw new Error(`Expected one ${inPackage} in ${path}`);
      return { contents: source.replace(inPackage, 'require(`onnxruntime-node/bin/') };
    });
  },
};

/**
 * Node's own modules as `require` has them: an `import` of one asks for all of its exports, and loads what these would load when they are
 * used. See docs/decisions/builtin-modules-as-require-has-them.md.
 */
const withPlainBuiltins: Plugin = {
  name: 'with-plain-builtins',
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(node:.*|${builtinModules.join('|')})$`);
    onResolve({ filter }, ({ path }) => ({ path, namespace: 'builtin' }));
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }));
  },
};

/** What a start does not need stays a bundle of its own beside the one that loads it. What both use is in both: shared, it would be many small files. */
const apart = (filter: RegExp): Plugin => ({
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path: path.replace(/\.ts$/, '.mjs'), external: true } : undefined,
    );
  },
});

const options: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  minify: true,
  lineLimit: 200, // a stack trace prints the line
  legalComments: 'none',
  logLevel: 'warning',
  mainFields: ['module', 'main'], // what is not used of a library stays out
  external: ['onnxruntime-node'],
  plugins: [withPlainBuiltins, withoutTensors],
};

/** The native library is no ES module, and stays outside. */
const REQUIRE = "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);";

await rm('dist', { recursive: true, force: true });
await Promise.all([
  build({
    ...options,
    entryPoints: ['function/index.ts'],
    outdir: 'dist/function',
    external: [],
    plugins: [withPlainBuiltins, withoutTensors, withNativeLibrary, apart(/^\.\/weights-in-form\.ts$/)],
    banner: { js: REQUIRE },
  }),
  build({ ...options, entryPoints: ['function/qa/weights-in-form.ts'], outdir: 'dist/function' }),
  build({
    ...options,
    entryPoints: ['extension/index.ts'],
    outdir: 'dist/extension/inference-capture',
    plugins: [withPlainBuiltins, apart(/^\.\/sinks\//)],
  }),
  build({
    ...options,
    entryPoints: ['extension/sinks/s3.ts', 'extension/sinks/file.ts'],
    outdir: 'dist/extension/inference-capture/sinks',
    splitting: true, // of the ways to credentials, only the one that is needed is loaded
  }),
  build({
    ...options,
    entryPoints: {
      pipeline: 'function/qa/pipeline.ts',
      'prepared-model': 'function/qa/prepared-model.ts',
      processor: 'function/qa/processor.ts',
      session: 'function/qa/session.ts',
      tokenizer: 'function/qa/tokenizer.ts',
      'capture-client': 'capture/client.ts',
    },
    outdir: 'dist/bench',
  }),
]);

await prepareModel(process.env['MODEL_DIR'] || 'model', 'dist/function/model');
await mkdir('dist/extension/extensions');
await writeFile('dist/extension/extensions/inference-capture', LAUNCHER);
await chmod('dist/extension/extensions/inference-capture', 0o755);
