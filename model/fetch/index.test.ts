import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { filesOf, startHubServer } from './fixtures/hub-server.ts';
import { ONNX_FILE, TEXT_FILES } from './model-files.ts';

const INDEX = fileURLToPath(new URL('index.ts', import.meta.url));
const NAME = 'somebody/small-model';
const repositories = { [NAME]: { files: filesOf('model', [...TEXT_FILES, ONNX_FILE]) } };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'fetch-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the command in a folder of its own. */
function start(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [INDEX, ...args], { cwd: folder, env: { PATH: process.env['PATH'], ...env } });
  const read = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      read[name] += chunk;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, ended: ended.then((code) => ({ code, ...read })) };
}

test('it fetches from the mirror that HF_ENDPOINT names, into local/models/owner/name, with progress on stderr', async () => {
  await using server = await startHubServer({ repositories, token: 'hf_secret' });
  const { code, stdout, stderr } = await start([NAME], { HF_ENDPOINT: `${server.url}/`, HF_TOKEN: 'hf_secret' }).ended;
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(/^onnx\/model_quantized.onnx {2}\[#{16}\] 100 % {2}22.9 MB of 22.9 MB, /m),
  });
  expect(stdout).toContain('The model is in local/models/somebody/small-model');
  expect(stdout + stderr).not.toContain('hf_secret');
  expect(existsSync(path.join(folder, 'local/models', NAME, ONNX_FILE))).toBe(true);
});

test('when it is killed in the middle, it leaves nothing that looks like a model, and the next run continues', async () => {
  let half: () => void = () => {};
  const halfway = new Promise<void>((resolve) => {
    half = resolve;
  });
  const onnx = repositories[NAME]!.files[ONNX_FILE]!;
  const stalling = await startHubServer({
    repositories,
    fault: (stage, file, reply) => {
      if (stage !== 'cache' || file !== ONNX_FILE) return undefined;
      reply.hijack();
      reply.raw.writeHead(200, { 'content-length': onnx.length });
      reply.raw.write(onnx.subarray(0, 8_000_000), half);
      return reply;
    },
  });
  const first = start([NAME], { HF_ENDPOINT: stalling.url });
  await halfway;
  first.child.kill('SIGKILL');
  await first.ended;
  await stalling[Symbol.asyncDispose]();
  expect(existsSync(path.join(folder, 'local/models', NAME))).toBe(false);

  await using server = await startHubServer({ repositories });
  const { code } = await start([NAME], { HF_ENDPOINT: server.url }).ended;
  expect(code).toBe(0);
  expect(server.requests.filter(({ path }) => path.includes('/resolve/')).map(({ path }) => path)).toEqual([
    expect.stringMatching(ONNX_FILE),
  ]);
});

test('without a name, and with an address that is no mirror, it says what it expected', async () => {
  const missing = await start(['']).ended;
  expect(missing).toMatchObject({ code: 2, stdout: '' });
  expect(missing.stderr).toMatch(/^model: expected a model's name on the hub, MODEL=owner\/name, .*got ""\nSee: /);
  const mirror = await start([NAME], { HF_ENDPOINT: 'hf-mirror' }).ended;
  expect(mirror.stderr).toMatch(/HF_ENDPOINT: expected an address like https:\/\/huggingface.co, got "hf-mirror"/);
});

test('--help names the arguments and the variables', async () => {
  const { code, stdout } = await start(['--help']).ended;
  expect(code).toBe(0);
  for (const word of ['MODEL=', '--revision', '--out', '--onnx', 'HF_ENDPOINT', 'HF_TOKEN'])
    expect(stdout).toContain(word);
});
