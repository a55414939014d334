import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HEALTH_PATH, STATS_PATH, type Stats } from '../capture/wire.ts';
import { endProcess } from '../harness/end-process.ts';
import { FakeExtensionsApi } from '../harness/extensions-api.ts';
import { claimPort } from '../harness/ports.ts';
import { rssMb } from './rss.ts';

export interface ExtensionProgram {
  command: string;
  args?: readonly string[];
  /** Added to its environment. */
  env?: Record<string, string>;
}

export interface ExtensionProcess extends AsyncDisposable {
  /** The port of its receiver on loopback. */
  port: number;
  /** Gives it its events. */
  api: FakeExtensionsApi;
  /** From the start of the process until it asked for its first event, in milliseconds. */
  startMs: number;
  /** Its counts of records. */
  stats(): Promise<Stats>;
  /** Its resident memory, in MB of 1024 * 1024 bytes. */
  rssMb(): Promise<number>;
}

const READY_MS = 10_000;

/**
 * Starts our extension as Lambda does. Its destination and its spool are in a temporary folder, which goes away with it.
 *
 * @throws {Error} where it does not ask for an event, or its receiver does not answer, in time
 */
export async function startExtension(program: ExtensionProgram): Promise<ExtensionProcess> {
  const extension = await startAnyExtension(program);
  try {
    const deadlineMs = performance.now() + READY_MS;
    while (!(await answers(`http://127.0.0.1:${extension.port}${HEALTH_PATH}`))) {
      if (performance.now() > deadlineMs)
        throw new Error(`Expected that the extension answers within ${READY_MS / 1000} s, got no answer`);
      await sleep(50);
    }
    return extension;
  } catch (error) {
    await extension[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Starts any extension, whether it receives records or not.
 *
 * @throws {Error} where it does not ask for an event in time
 */
export async function startAnyExtension({ command, args = [], env }: ExtensionProgram): Promise<ExtensionProcess> {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'inference-capture-bench-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const api = started.use(await FakeExtensionsApi.start());
  const port = await claimPort();

  const spawnedMs = performance.now();
  const child = spawn(command, args, {
    env: {
      PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH']}`,
      AWS_LAMBDA_RUNTIME_API: api.address,
      AWS_LAMBDA_FUNCTION_NAME: 'QuestionAnswering',
      CAPTURE_PORT: String(port),
      CAPTURE_DESTINATION: `file://${folder}/objects`,
      CAPTURE_SPOOL_DIR: `${folder}/spool`,
      ...env,
    },
    stdio: ['ignore', process.stderr, process.stderr],
  });
  const interrupted = () => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', interrupted);
  started.defer(async () => {
    process.off('exit', interrupted);
    await endProcess(child);
  });
  await once(child, 'spawn');

  const waiting = new AbortController();
  const { signal } = waiting;
  const askedMs = await Promise.race([
    api.asked(),
    once(child, 'exit', { signal }).then(([code]) =>
      Promise.reject(new Error(`Expected that the extension asks for an event, got its exit with ${code}`)),
    ),
  ]).finally(() => waiting.abort());
  const running = started.move();
  return {
    port,
    api,
    startMs: askedMs - spawnedMs,
    stats: async () => (await (await fetch(`http://127.0.0.1:${port}${STATS_PATH}`)).json()) as Stats,
    rssMb: () => rssMb(child.pid!),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(1000) })).ok;
  } catch {
    return false; // it does not listen yet
  }
}
