import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { ExitStatus } from '../state-machine/lifecycle.ts';
import { LaunchError, refuseText } from './launch-error.ts';
import { readLines } from './lines.ts';
import { guard } from './process-guard.ts';

export interface Program {
  command: string;
  args: readonly string[];
  folder: string;
  variables: Readonly<Record<string, string>>;
}

/** A child process with all of its own children. They are one process group, and get signals together. */
export interface ProcessGroup {
  readonly pid: number | undefined;
  /** Resolves when the child itself has ended and `onLine` has got its last lines. */
  readonly exited: Promise<ExitStatus>;
  isAlive(): boolean;
  /** Does nothing where the whole group is gone. */
  signal(signal: NodeJS.Signals): void;
  /** The most memory that the group's processes have used so far, in bytes; 0 where there is no /proc. */
  peakMemoryBytes(): number;
}

/** How long to wait for the output of a child that has ended, in milliseconds: a process of another group may hold its pipe. */
const LAST_LINES_MS = 500;

// No child may outlive the emulator, however the emulator ends.
const groups = new Set<ProcessGroup>();
process.on('exit', () => killAll());

/** Kills all children at once. */
export function killAll(): void {
  for (const group of groups) group.signal('SIGKILL');
}

/** Starts a program in a process group of its own. `onLine` gets every line that it writes. */
export function startGroup(program: Program, onLine: (line: string) => void): ProcessGroup {
  const failed = (error: Error) => new LaunchError(program.command, program.folder, error);
  try {
    refuseText(program.command);
    return groupOf(spawnDetached(program), onLine, failed);
  } catch (error) {
    // `spawn` throws some failures, and emits the others.
    return notStarted(failed(error as Error));
  }
}

function spawnDetached({ command, args, folder, variables }: Program) {
  return spawn(command, args, {
    cwd: folder,
    env: variables as NodeJS.ProcessEnv,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function groupOf(
  child: ReturnType<typeof spawnDetached>,
  onLine: (line: string) => void,
  failed: (error: Error) => LaunchError,
): ProcessGroup {
  // Where no file descriptor is left there are no streams, although the types say so. The child's `error` event tells why.
  for (const stream of [child.stdout, child.stderr] as const) if (stream) readLines(stream, onLine);

  let alive = child.pid !== undefined;
  const exited = exitOf(child, failed).finally(() => {
    alive = false;
    groups.delete(group);
    if (child.pid !== undefined) guard('-', child.pid);
  });
  const group: ProcessGroup = {
    pid: child.pid,
    exited,
    isAlive: () => alive,
    signal: (signal) => signalGroup(child.pid, signal),
    peakMemoryBytes: () => (child.pid === undefined ? 0 : peakMemory(child.pid)),
  };
  groups.add(group);
  if (child.pid !== undefined) guard('+', child.pid);
  return group;
}

function notStarted(launchError: LaunchError): ProcessGroup {
  return {
    pid: undefined,
    exited: Promise.resolve({ code: null, signal: null, launchError }),
    isAlive: () => false,
    signal: () => {},
    peakMemoryBytes: () => 0,
  };
}

function exitOf(child: ChildProcess, failed: (error: Error) => LaunchError): ProcessGroup['exited'] {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      signalGroup(child.pid, 'SIGKILL'); // its own children, which may hold its pipes
      const settle = () => {
        clearTimeout(timer);
        resolve({ code, signal });
      };
      const timer = setTimeout(settle, LAST_LINES_MS);
      child.once('close', settle); // its last lines have been read
    });
    child.once('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, launchError: failed(error) });
    });
  });
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // macOS says EPERM of a group whose processes have all ended.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

function peakMemory(pid: number): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes ?? 0) * 1024 + childrenOf(pid).reduce((sum, child) => sum + peakMemory(child), 0);
  } catch {
    return 0; // the process is gone, or there is no /proc
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return []; // this kernel does not list them
  }
}
