import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endProcess } from '../harness/end-process.ts';

/** An emulator on free ports. Disposing of it kills it, and removes its folder unless that was given. */
export interface EmulatorProcess extends AsyncDisposable {
  /** Its addresses; `rest` with the route of the template. */
  urls: Record<'rest' | 'invoke' | 's3' | 'extension', string>;
  /** The folder of its objects and of the environment's /tmp. */
  local: string;
  /** What it and its processes have printed so far. */
  output(): string;
  /** Waits until a line of the output matches. @throws {Error} where the emulator ends first, or after 30 seconds */
  printed(line: RegExp): Promise<void>;
  /** Stops it. @param signal by default, that of Ctrl-C. @returns its exit code */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  process: ChildProcess;
}

const READY_MS = 30_000;
const STOP_MS = 15_000;
const LINES = { rest: 'API Gateway', invoke: 'Lambda', s3: 'S3', extension: 'Extension' };

/** The command that starts an emulator with some flags. */
type Start = (flags: readonly string[]) => [command: string, args: string[]];

const BY_NODE: Start = (flags) => [process.execPath, ['emulator/index.ts', ...flags]];
/** A command of the documents: `make start`. It passes SIGTERM on to the emulator, but not Ctrl-C. */
export const byMake =
  (target: string): Start =>
  (flags) => ['make', [target, `ARGS=${flags.join(' ')}`]];

/** Starts the emulator as a user does. @param local by default, a new folder */
export async function startEmulator(flags: string[] = [], local?: string, by = BY_NODE): Promise<EmulatorProcess> {
  await using started = new AsyncDisposableStack();
  const folder = local ?? (await mkdtemp(path.join(tmpdir(), 'emulator-')));
  if (local === undefined) started.defer(() => rm(folder, { recursive: true, force: true }));
  const ports = ['--port', '0', '--invoke-port', '0', '--s3-port', '0', '--environment-port', 'Extension=0'];
  const child = spawn(...by([...ports, '--local', folder, ...flags]));
  started.defer(() => endProcess(child));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
      child.emit('output');
    });
  }
  const exited = once(child, 'close').then(([code]) => code as number | null);

  async function printed(line: RegExp): Promise<void> {
    const deadline = AbortSignal.timeout(READY_MS);
    while (!line.test(output)) {
      const ended = await Promise.race([
        once(child, 'output', { signal: deadline }).then(() => false),
        exited.then(() => true),
      ]);
      if (ended && !line.test(output))
        throw new Error(`Expected the emulator to print ${line}, got its end:\n${output}`);
    }
  }

  await printed(/Ctrl-C shuts the environment down/);
  const running = started.move();
  const url = (what: string) => new RegExp(`^${what} (http://\\S+)`, 'm').exec(output)![1]!;
  return {
    urls: { rest: url(LINES.rest), invoke: url(LINES.invoke), s3: url(LINES.s3), extension: url(LINES.extension) },
    local: folder,
    output: () => output,
    printed,
    async stop(signal = 'SIGINT') {
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      const code = await exited;
      clearTimeout(timer);
      return code;
    },
    process: child,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Kills the process of the extension, whether it is frozen or not. */
export function killExtension({ process: { pid } }: EmulatorProcess): void {
  const found = execFileSync('pgrep', ['-P', String(pid), '-f', 'inference-capture/index.mjs'])
    .toString()
    .trim();
  process.kill(Number(found), 'SIGKILL');
}
