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

/** A child process with all of its own children: one process group, which is signalled as a whole. */
export interface ProcessGroup {
  readonly pid: number | undefined;
  /** Resolves when the child itself has ended and its last lines have been passed on. */
  readonly exited: Promise<ExitStatus>;
  isAlive(): boolean;
  /** Does nothing when all of the group is gone. */
  signal(signal: NodeJS.Signals): void;
  /** The most memory that its processes have used so far, in bytes; 0 where /proc is absent. */
  peakMemoryBytes(): number;
}

/** How long the output of a child that has ended is waited for, in milliseconds: somebody in another group may hold its pipe. */
const LAST_LINES_MS = 500;

// What is alive must not outlive the emulator, however that ends.
const groups = new Set<ProcessGroup>();
process.on('exit', () => killAll());

/** Kills every child that there is, at once. */
export function killAll(): void {
  for (const group of groups) group.signal('SIGKILL');
}

/** Starts a program in a process group of its own; every line that it writes is passed to `onLine`. */
export function startGroup(program: Program, onLine: (line: string) => void): ProcessGroup {
  const failed = (error: Error) => new LaunchError(program.command, program.folder, error);
  try {
    refuseText(program.command);
    return groupOf(spawnDetached(program), onLine, failed);
  } catch (error) {
    // Some failures are thrown rather than emitted.
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
  // Without file descriptors to spare there are no streams, whatever the types say; the child's `error` tells why.
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
      signalGroup(child.pid, 'SIGKILL'); // what it has left behind, which may hold its pipes
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
    // EPERM is what macOS says of a group whose processes have all ended.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

function peakMemory(pid: number): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes ?? 0) * 1024 + childrenOf(pid).reduce((sum, child) => sum + peakMemory(child), 0);
  } catch {
    return 0; // gone meanwhile, or no /proc
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return []; // a kernel that does not list them
  }
}
