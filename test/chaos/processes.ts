import { readFileSync } from 'node:fs';
import type { Program } from '../../emulator/environment/processes/process-group.ts';

export type Role = 'function' | 'extension';

/** Most milliseconds that a process may take to stop. */
const STOPPED_MS = 100;

/** Sends signals to the processes of one environment. Each process leads its group and has written its id to a file. */
export class Processes {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The program, which first writes its process id to a file. */
  withPidFile(role: Role, program: Program): Program {
    const args = ['-c', 'echo $$ > "$0"; exec "$@"', this.#file(role), program.command, ...program.args];
    return { ...program, command: '/bin/sh', args };
  }

  /** @returns whether there was a live process to kill */
  kill(role: Role): boolean {
    return this.#signal(role, 'SIGKILL');
  }

  /** @returns whether there was a live process to stop */
  stop(role: Role): boolean {
    return this.#signal(role, 'SIGSTOP');
  }

  thaw(role: Role): void {
    this.#signal(role, 'SIGCONT');
  }

  /**
   * Does something while a process is stopped.
   *
   * @returns undefined where the process did not stop in time; then nothing was done
   */
  whileStopped<T>(role: Role, action: () => T): T | undefined {
    const state = this.#state(role);
    if (state === undefined || state === 'T') return action();
    if (!this.stop(role)) return action();
    const giveUpMs = performance.now() + STOPPED_MS;
    while (this.#state(role) !== 'T' && this.#state(role) !== undefined) {
      if (performance.now() > giveUpMs) {
        this.thaw(role);
        return undefined;
      }
    }
    try {
      return action();
    } finally {
      this.thaw(role);
    }
  }

  /** Whether the process lives and is stopped. */
  isFrozen(role: Role): boolean {
    return this.#state(role) === 'T';
  }

  #signal(role: Role, signal: NodeJS.Signals): boolean {
    if (this.#state(role) === undefined) return false;
    try {
      process.kill(-this.#pid(role)!, signal);
      return true;
    } catch {
      return false; // the process has just ended
    }
  }

  /** The state of the process in /proc, such as `T` for stopped. Undefined when the process is gone. */
  #state(role: Role): string | undefined {
    const pid = this.#pid(role);
    if (pid === undefined) return undefined;
    try {
      // Another process may have got the same id. That one does not have this folder in its environment.
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').includes(this.#folder)) return undefined;
      return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '')[0];
    } catch {
      return undefined;
    }
  }

  #pid(role: Role): number | undefined {
    try {
      const pid = Number(readFileSync(this.#file(role), 'utf8'));
      return pid > 1 ? pid : undefined;
    } catch {
      return undefined;
    }
  }

  #file(role: Role): string {
    return `${this.#folder}/${role}.pid`;
  }
}
