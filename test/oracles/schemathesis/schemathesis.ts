/** Schemathesis, which makes requests from docs/wire-protocol.openapi.yaml, against the built extension. Run by `make oracles`. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { startExtension } from '../../../bench/extension-process.ts';

const EXTENSION = path.resolve('dist/extension/extensions/inference-capture');
const SCHEMATHESIS = path.resolve('.venv-schemathesis/bin/schemathesis');
const DOCUMENT = path.resolve('docs/wire-protocol.openapi.yaml');
/** Requests of each kind for each operation. */
const EXAMPLES = 1000;
/** The same requests in each run. */
const SEED = 1;

test('the receiver does what its OpenAPI document says, and nothing else', async () => {
  await using stack = new AsyncDisposableStack();
  // It leaves files in its folder.
  const folder = stack.adopt(await mkdtemp(path.join(tmpdir(), 'schemathesis-')), (dir) =>
    rm(dir, { recursive: true, force: true }),
  );
  const extension = stack.use(
    await startExtension({ command: EXTENSION, env: { CAPTURE_SPOOL_BYTES: String(2 ** 31) } }),
  );
  const options = [
    '--checks=all',
    `--max-examples=${EXAMPLES}`,
    `--seed=${SEED}`,
    '--generation-database=none',
    '--no-color',
  ];
  const child = spawn(SCHEMATHESIS, ['run', DOCUMENT, `--url=http://127.0.0.1:${extension.port}`, ...options], {
    cwd: folder,
    env: { ...process.env, SCHEMATHESIS_HOOKS: 'hooks', PYTHONPATH: import.meta.dirname, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = await once(child, 'close');
  assert.equal(code, 0, 'schemathesis found that document and receiver differ');

  const { received, delivered, logged, dropped, leftOut, pending } = await extension.stats();
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0);
  assert.equal(received, delivered + logged + sum(dropped) + sum(leftOut) + pending);
  assert.equal(dropped.INTERNAL_ERROR, 0);
  assert.ok(pending > 100, `Expected that schemathesis made valid records, got ${pending}`);
  assert.ok(
    dropped.INVALID_RECORD > 100,
    `Expected that schemathesis made wrong records, got ${dropped.INVALID_RECORD}`,
  );
});
