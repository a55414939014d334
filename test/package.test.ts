import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCEPT, receiver } from '../capture/fixtures/receiver.ts';
import { InferenceRecord } from '../capture/record.ts';
import { buildPackage, type Packed, pack } from '../packaging/npm/build-package.ts';
import { CONTENTS, manifestOf } from '../packaging/npm/manifest.ts';
import { blocksOf } from './documents/commands.ts';

const run = promisify(execFile);

const HANDLERS = `
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyHandlerV2, Context, SQSEvent, SQSBatchResponse } from 'aws-lambda';
import { createCaptureClient, type Exchange, type SendResult } from 'inference-capture/client';
import { captured, capturedMiddleware, capturedStream, type CaptureOptions } from 'inference-capture/middleware';

export const proxied: APIGatewayProxyHandlerV2 = captured(async (event: APIGatewayProxyEventV2) => ({ statusCode: 200, body: event.rawPath }));
export const direct: (event: { text: string }, context: Context) => Promise<{ label: string }> = captured(
  async (event: { text: string }) => ({ label: event.text }),
  { input: (event) => event.text, output: (result) => result.label, inferenceId: (_, context) => context.awsRequestId },
);
const perMessage: CaptureOptions<SQSEvent, SQSBatchResponse, Context> = {
  records: (event) => event.Records.map(({ body, messageId }) => ({ input: body, inferenceId: messageId })),
};
export const queue = captured(async (_: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  console.log(context.awsRequestId);
  return { batchItemFailures: [] };
}, perMessage);
export const withMiddy = middy(async (event: { text: string }) => ({ label: event.text })).use(capturedMiddleware());
export const streaming = capturedStream(async (event: { text: string }, stream: NodeJS.WritableStream) => {
  stream.end(event.text);
});
const exchange: Exchange = {
  requestId: 'r', status: 200, latencyMs: 1,
  input: { contentType: 'text/csv', encoding: 'CSV', data: '1,2' },
  output: { contentType: 'text/csv', encoding: 'CSV', data: '3' },
};
export const sent: Promise<SendResult> = createCaptureClient({ timeoutMs: 100 }).send(exchange);
`;
const MISTAKES = [
  "import { captured } from 'inference-capture/middleware'; captured(async (event: { text: string }) => event, { input: (event) => event.words });",
  "import { captured } from 'inference-capture/middleware'; captured(async () => 1, { input: () => 1, records: () => [] });",
  "import { createCaptureClient } from 'inference-capture/client'; createCaptureClient().send({ requestId: 'r' });",
  "import {} from 'inference-capture';",
];
const EXAMPLES = ['docs/packages.md', 'packaging/npm/README.md'].flatMap(blocksOf).filter(({ kind }) => kind === 'ts');
/** Each is a file of the project. */
const SOURCES = [HANDLERS, ...MISTAKES, ...EXAMPLES.map(({ text }) => text)];

/** The project of a user: the packed package is in its node_modules, and the types of Lambda and Node are beside it. */
let project: string;
let packed: Packed;
/** What the compiler says of the project. */
let checked: string;
beforeAll(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'consumer-'));
  await buildPackage(path.resolve('.'), CONTENTS, path.join(project, 'built'));
  packed = await pack(path.join(project, 'built'), project);
  const modules = path.join(project, 'node_modules');
  await mkdir(modules);
  await run('tar', ['-xzf', path.join(project, packed.filename), '-C', modules]);
  await cp(path.join(modules, 'package'), path.join(modules, 'inference-capture'), { recursive: true });
  await rm(path.join(modules, 'package'), { recursive: true });
  for (const name of ['@types', '@middy']) await symlink(path.resolve('node_modules', name), path.join(modules, name));
  await symlink(path.resolve('node_modules/undici-types'), path.join(modules, 'undici-types'));
  await writeFile(path.join(project, 'package.json'), '{"type":"module"}');
  // Middy's types need a package that it does not install.
  await writeFile(
    path.join(project, 'absent.d.ts'),
    "declare module '@aws/durable-execution-sdk-js' { export interface DurableContext {} }",
  );
  const compilerOptions = { module: 'nodenext', target: 'es2022', strict: true, types: ['node'], noEmit: true };
  await writeFile(path.join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  for (const [at, source] of SOURCES.entries()) await writeFile(path.join(project, `source-${at}.ts`), source);
  checked = await run(path.resolve('node_modules/.bin/tsc'), { cwd: project }).then(
    () => '',
    ({ stdout }) => stdout,
  );
});
/** What it says of a source, and of what is no source. */
const complaints = (source: string) =>
  checked
    .split('\n')
    .filter(
      (line) => line.startsWith(`source-${SOURCES.indexOf(source)}.ts`) || (line !== '' && !/^(source-| )/.test(line)),
    )
    .join('\n');
afterAll(() => rm(project, { recursive: true, force: true }));

describe('the package, in a project of a user', () => {
  test('is type-checked, strictly, with the types of Lambda and of Middy', () => {
    expect(complaints(HANDLERS)).toBe('');
  });

  const examples = ['docs/packages.md', 'packaging/npm/README.md']
    .flatMap(blocksOf)
    .filter(({ kind }) => kind === 'ts');
  test.each(examples)('so is the example $document:$line', ({ text }) => {
    expect(complaints(text)).toBe('');
  });

  test.each(MISTAKES)('and a mistake is found: %s', (mistake) => {
    expect(complaints(mistake)).toMatch(/error TS/);
  });

  test('runs: a wrapped handler answers, and its record comes to the port of CAPTURE_PORT', async () => {
    const { port, bodies } = await receiver(ACCEPT);
    const script = `
      import { captured } from 'inference-capture/middleware';
      const handler = captured(async ({ text }) => ({ label: text }));
      console.log(JSON.stringify(await handler({ text: 'joy' }, { awsRequestId: 'request-1' })));
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: project,
      env: { CAPTURE_PORT: String(port), _X_AMZN_TRACE_ID: 'Root=1-5' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [answer] = await once(child.stdout.setEncoding('utf8'), 'data');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(JSON.parse(answer)).toEqual({ label: 'joy' });
    expect(v.parse(InferenceRecord, JSON.parse(bodies[0]!))).toMatchObject({
      requestId: 'request-1',
      traceId: 'Root=1-5',
      coldStart: true,
      output: { data: '{"label":"joy"}' },
    });
  });

  test.each([
    [{ CAPTURE_DISABLED: 'yes' }, ''],
    [
      { CAPTURE_PORT: 'none' },
      /"wrong configuration: no record is captured".*\n.*"a record was not captured".*NOT_CONFIGURED/,
    ],
  ])('with %j the handler goes on without capture', async (env, output) => {
    const script = "import { captured } from 'inference-capture/middleware'; await captured(async () => 1)({}, {});";
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: project, env });
    expect(stdout).toMatch(output);
  });

  test('with CAPTURE_FAIL_CLOSED and a wrong variable, the function does not start', async () => {
    const script = "import { captured } from 'inference-capture/middleware'; captured(async () => 1);";
    const env = { CAPTURE_PORT: 'none', CAPTURE_FAIL_CLOSED: '1' };
    const started = run(process.execPath, ['--input-type=module', '--eval', script], { cwd: project, env });
    await expect(started).rejects.toThrow('CAPTURE_PORT: expected a whole number');
  });

  test('the client has no schema library in it, and needs nothing but Node', async () => {
    const { metafile } = await build({
      stdin: { contents: "export * from 'inference-capture/client';", resolveDir: project },
      bundle: true,
      platform: 'node',
      format: 'esm',
      minify: true,
      write: false,
      metafile: true,
    });
    const [output] = Object.values(metafile.outputs);
    expect([...new Set(output!.imports.map((each) => each.path))].sort()).toEqual(['node:crypto', 'node:net']);
    expect(output!.bytes).toBeLessThan(6000);
  });

  test('of what is imported and not used, nothing is left in a bundle', async () => {
    const { outputFiles } = await build({
      stdin: {
        contents:
          "import { createCaptureClient } from 'inference-capture/client'; import { captured } from 'inference-capture/middleware';",
        resolveDir: project,
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      minify: true,
      write: false,
    });
    expect(outputFiles[0]!.text.trim()).toBe('');
  });

  test('holds what it should and nothing else', async () => {
    const names = packed.files.map(({ path: file }) =>
      file
        .replace(/^shared-\w+/, 'shared')
        .replace(/^types\/.*/, 'types')
        .replace(/^bin\/(?!inference-capture).*/, 'what commands share'),
    );
    expect([...new Set(names)].sort()).toEqual([
      ...[
        'LICENSE',
        'LICENSES-OF-OTHERS.txt',
        'README.md',
        'bin/inference-capture-erase.js',
        'bin/inference-capture-policy-check.js',
        'client.js',
        'middleware.js',
        'package.json',
        'policy.schema.json',
        'shared.js',
        'types',
        'what commands share',
      ],
    ]);
    expect(await readFile(path.join(project, 'built/LICENSES-OF-OTHERS.txt'), 'utf8')).toMatch(/^valibot \d/m);
  });
});

test('its commands run', async () => {
  const bin = (name: string) => path.join(project, `built/bin/${name}.js`);
  const policy = path.join(project, 'policy.yaml');
  await writeFile(policy, 'version: 1\nredaction:\n  - { name: tickets, pattern: "T-[0-9]+" }\n');
  expect((await run(process.execPath, [bin('inference-capture-policy-check'), policy])).stdout).toContain('is right');
  const subject = ['--subject-hash', '0'.repeat(64), '--source', `file://${project}`];
  expect((await run(process.execPath, [bin('inference-capture-erase'), ...subject])).stdout).toContain(
    '"complete": true',
  );
});

test('docs/packages.md tells its size', async () => {
  const [, packedKb, unpackedKb] = /(\d+) kB packed, (\d+) kB unpacked/.exec(
    await readFile('docs/packages.md', 'utf8'),
  )!;
  expect(Math.abs(packed.size / 1000 - Number(packedKb))).toBeLessThan(10);
  expect(Math.abs(packed.unpackedSize / 1000 - Number(unpackedKb))).toBeLessThan(30);
});

test('a command and a file of the package are a line in a table each', () => {
  const contents = { modules: {}, bins: { check: 'a/check.ts' }, files: { 'a.schema.json': 'a/a.schema.json' } };
  expect(manifestOf(contents, { name: 'p', version: '1.2.3', license: 'MIT' })).toMatchObject({
    bin: { check: 'bin/check.js' },
    exports: { './a.schema.json': './a.schema.json', './package.json': './package.json' },
  });
});
