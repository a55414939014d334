/** Bundles what runs inside Lambda into dist/, and what the benchmark loads of it. Run by `make build`. */
import { chmod, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

const LAUNCHER = `#!/bin/sh
# Lambda starts every executable in /opt/extensions; the bundle lies beside that folder.
exec node "\${0%/*}/../inference-capture/index.mjs"
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
  plugins: [withoutTensors],
  // What is CommonJS in a bundle may still call require for Node's own modules.
  banner: {
    js: "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);",
  },
};

await rm('dist', { recursive: true, force: true });
await Promise.all([
  build({ ...options, entryPoints: ['function/index.ts'], outdir: 'dist/function' }),
  build({
    ...options,
    entryPoints: ['extension/index.ts'],
    outdir: 'dist/extension/inference-capture',
    splitting: true, // the S3 client loads after the start
  }),
  build({
    ...options,
    entryPoints: {
      pipeline: 'function/qa/pipeline.ts',
      session: 'function/qa/session.ts',
      'capture-client': 'capture/client.ts',
    },
    outdir: 'dist/bench',
  }),
]);

await cp('model', 'dist/function/model', {
  recursive: true,
  filter: (source) => path.relative('model', source) !== 'train',
});
await mkdir('dist/extension/extensions');
await writeFile('dist/extension/extensions/inference-capture', LAUNCHER);
await chmod('dist/extension/extensions/inference-capture', 0o755);
