import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rssMb } from '../../bench/rss.ts';
import { EXAMPLE_RECORD } from '../../capture/fixtures/example-record.ts';
import { RECORDS_PATH, STATS_PATH, type Stats } from '../../capture/wire.ts';
import { endProcess } from '../../harness/end-process.ts';
import { FakeExtensionsApi } from '../../harness/extensions-api.ts';
import { claimPort } from '../../harness/ports.ts';
import { CANARY } from './attempt.ts';

/** The most that a valid record may take, in milliseconds, on a busy machine. */
const RECORD_MS = 5000;

/** The extension that is attacked: a real process, with a folder as its destination. */
export interface Target extends AsyncDisposable {
  port: number;
  stats(): Promise<Stats>;
  /** Its resident memory, in MB of 1024 * 1024 bytes. */
  rssMb(): Promise<number>;
  /** Goes through an invocation with one valid record, and delivers all records. @throws Error where that does not work as it should */
  invoke(): Promise<void>;
  /** What is wrong with the process or with its log; undefined where nothing is. */
  fault(): string | undefined;
}

/** @param command the extension's launcher */
export async function startTarget(command: string): Promise<Target> {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'fuzz-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const objects = path.join(folder, 'objects');
  const api = started.use(await FakeExtensionsApi.start());
  const port = await claimPort();
  const child = spawn(command, {
    env: {
      PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH']}`,
      AWS_LAMBDA_RUNTIME_API: api.address,
      AWS_LAMBDA_FUNCTION_NAME: 'QuestionAnswering',
      CAPTURE_PORT: String(port),
      CAPTURE_DESTINATION: `file://${objects}`,
      CAPTURE_SPOOL_DIR: path.join(folder, 'spool'),
      CAPTURE_FLUSH_STRATEGY: 'end',
      CAPTURE_FLUSH_BUDGET_MS: '10000',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.defer(() => endProcess(child));
  const fault = watch(child);
  await Promise.race([api.asked(), once(child, 'exit')]);
  const running = started.move();
  const url = `http://127.0.0.1:${port}`;
  let invocations = 0;

  return {
    port,
    fault,
    stats: async () => (await (await fetch(url + STATS_PATH)).json()) as Stats,
    rssMb: () => rssMb(child.pid!),
    async invoke() {
      invocations += 1;
      const requestId = `invocation ${invocations}`;
      api.invoke(requestId);
      const body = JSON.stringify({ ...EXAMPLE_RECORD, requestId, eventId: requestId });
      const headers = { 'content-type': 'application/json' };
      const signal = AbortSignal.timeout(RECORD_MS);
      const { status } = await fetch(url + RECORDS_PATH, { method: 'POST', headers, body, signal });
      if (status !== 202) throw new Error(`Expected that a valid record is accepted, got ${status}`);
      await api.asked();
      await rm(objects, { recursive: true, force: true });
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Reads what a process writes. @returns tells what is wrong, from here on */
function watch(child: ChildProcess): () => string | undefined {
  let fault: string | undefined;
  let last = '';
  const read = (text: string) => {
    const written = last + text;
    if (written.includes(CANARY)) fault ??= `Expected a log without a part of a record, got ${written}`;
    if (written.includes('"level":"ERROR"')) fault ??= `Expected a log without an error, got ${written}`;
    last = text.slice(-100); // what is looked for may come in two parts
  };
  child.stdout!.setEncoding('utf8').on('data', read);
  child.stderr!.setEncoding('utf8').on('data', (text) => {
    fault ??= `Expected nothing on stderr, got ${text}`;
  });
  child.once('exit', (code, signal) => {
    fault ??= `Expected that the process lives, got its end with ${code ?? signal}`;
  });
  return () => fault;
}
