/** Bundles what runs inside Lambda into dist/, and what the benchmark loads of it. Run by `make build`. */
import { chmod, copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { prepareModel } from './function/model/prepare-model.ts';

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

/** A Node that is too old for the bundle must not end the extension, and with it the environment: it ends in the same way as none at all. */
const OLD_NODE = `if (!process.getBuiltinModule) {
  const [{ spawn }, { fileURLToPath }] = await Promise.all([import('node:child_process'), import('node:url')]);
  const args = ['inference-capture', 'the Node of this image is too old (expected 20.16 or newer, got ' + process.version + ')'];
  const file = fileURLToPath(new URL('without-node.sh', import.meta.url));
  process.exit(await new Promise((resolve) => spawn('/bin/sh', [file, ...args], { stdio: 'inherit' }).on('close', resolve)));
}`;

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
  build({ ...options, entryPoints: ['function/model/weights-in-form.ts'], outdir: 'dist/function' }),
  build({
    ...options,
    entryPoints: ['extension/index.ts'],
    outdir: 'dist/extension/inference-capture',
    plugins: [withPlainBuiltins, apart(/^\.\/sinks\//)],
    banner: { js: OLD_NODE },
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
      pipeline: 'function/tasks/question-answering/pipeline.ts',
      'prepared-model': 'function/model/prepared-model.ts',
      processor: 'function/model/processor.ts',
      session: 'function/model/session.ts',
      tokenizer: 'function/tokenizer/tokenizer.ts',
      'capture-client': 'capture/client.ts',
    },
    outdir: 'dist/bench',
  }),
]);

await prepareModel(process.env['MODEL_DIR'] || 'model', 'dist/function/model');
await mkdir('dist/extension/extensions');
await copyFile('extension/launcher.sh', 'dist/extension/extensions/inference-capture');
await chmod('dist/extension/extensions/inference-capture', 0o755);
await copyFile('extension/without-node.sh', 'dist/extension/inference-capture/without-node.sh');
