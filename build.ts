/** Bundles what runs inside Lambda into dist/, and what the benchmark loads of it. Run by `make build`. */
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { prepareModel } from './function/model/prepare-model.ts';
import { SAMPLES } from './function/tasks/samples.ts';
import { TASKS } from './function/tasks/tasks.ts';

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

/**
 * A module of ours that is imported dynamically is not needed by a start, and stays a bundle of its own. What both use is in both: shared, it would be many small files.
 *
 * @param bundles each such module, with its bundle as the importing one finds it
 */
const apart = (bundles: Readonly<Record<string, string>>): Plugin => ({
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ path: imported, kind, resolveDir }) => {
      const file = path.relative('.', path.resolve(resolveDir, imported));
      if (kind !== 'dynamic-import' || file.startsWith('node_modules')) return undefined;
      const bundle = bundles[file];
      if (bundle === undefined)
        throw new Error(
          `Expected a bundle for ${file}, which is imported dynamically: it would be in the bundle of the start`,
        );
      return { path: bundle, external: true };
    });
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
    plugins: [
      withPlainBuiltins,
      withoutTensors,
      withNativeLibrary,
      apart({ 'function/model/weights-in-form.ts': './weights-in-form.mjs' }),
    ],
    banner: { js: REQUIRE },
  }),
  build({ ...options, entryPoints: ['function/model/weights-in-form.ts'], outdir: 'dist/function' }),
  build({
    ...options,
    entryPoints: ['extension/index.ts'],
    outdir: 'dist/extension/inference-capture',
    plugins: [
      withPlainBuiltins,
      apart({
        'extension/sinks/s3.ts': './sinks/s3.mjs',
        'extension/sinks/file.ts': './sinks/file.mjs',
        'extension/policy/open-policy.ts': './policy.mjs',
      }),
    ],
    banner: { js: OLD_NODE },
  }),
  build({
    ...options,
    entryPoints: { policy: 'extension/policy/open-policy.ts' },
    outdir: 'dist/extension/inference-capture',
    plugins: [
      withPlainBuiltins,
      apart({
        'extension/policy/s3-policy.ts': './policy/s3-policy.mjs',
        'extension/policy/secrets-manager.ts': './policy/secrets-manager.mjs',
        'policy/parse-yaml.ts': './policy/parse-yaml.mjs',
        'policy/redaction/pattern.ts': './policy/pattern.mjs',
      }),
    ],
  }),
  build({
    ...options,
    entryPoints: { 'parse-yaml': 'policy/parse-yaml.ts', pattern: 'policy/redaction/pattern.ts' },
    outdir: 'dist/extension/inference-capture/policy',
  }),
  build({
    ...options,
    entryPoints: [
      'extension/sinks/s3.ts',
      'extension/sinks/file.ts',
      'extension/policy/s3-policy.ts',
      'extension/policy/secrets-manager.ts',
    ],
    outdir: 'dist/extension/inference-capture',
    outbase: 'extension',
    chunkNames: 'sdk/[name]-[hash]',
    splitting: true, // the SDK is there once; and of the ways to credentials, only the one that is needed is loaded
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
      policy: 'policy/compile.ts',
      'policy-document': 'policy/read-document.ts',
    },
    outdir: 'dist/bench',
  }),
]);

const { task, config } = await prepareModel(process.env['MODEL_DIR'] || 'model', 'dist/function/model');
TASKS[task].checkConfig?.(config); // else the first start would tell
await writeFile('dist/sample.json', JSON.stringify(SAMPLES[task].request));
await mkdir('dist/extension/extensions');
await copyFile('extension/launcher.sh', 'dist/extension/extensions/inference-capture');
await chmod('dist/extension/extensions/inference-capture', 0o755);
await copyFile('extension/without-node.sh', 'dist/extension/inference-capture/without-node.sh');
