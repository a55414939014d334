import { readFileSync } from 'node:fs';
import type { Program } from '../../emulator/environment/processes/process-group.ts';

export type Role = 'function' | 'extension';

/** How long a process may take to stop. */
const STOPPED_MS = 100;

/** The processes of one environment, as far as faults are concerned: each is the leader of its group, and has noted its id. */
export class Processes {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A program that first notes its process id. */
  noted(role: Role, program: Program): Program {
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
   * Does something at which a process must not look on.
   *
   * @returns undefined where it could not be stopped in time; then nothing was done
   */
  behindTheBackOf<T>(role: Role, deed: () => T): T | undefined {
    const state = this.#state(role);
    if (state === undefined || state === 'T') return deed();
    if (!this.stop(role)) return deed();
    const giveUpMs = performance.now() + STOPPED_MS;
    while (this.#state(role) !== 'T' && this.#state(role) !== undefined) {
      if (performance.now() > giveUpMs) {
        this.thaw(role);
        return undefined;
      }
    }
    try {
      return deed();
    } finally {
      this.thaw(role);
    }
  }

  /** Whether it lives, and is stopped. */
  isFrozen(role: Role): boolean {
    return this.#state(role) === 'T';
  }

  #signal(role: Role, signal: NodeJS.Signals): boolean {
    if (this.#state(role) === undefined) return false;
    try {
      process.kill(-this.#pid(role)!, signal);
      return true;
    } catch {
      return false; // it ended just now
    }
  }

  /** As /proc has it: `T` is stopped. Undefined when it is gone. */
  #state(role: Role): string | undefined {
    const pid = this.#pid(role);
    if (pid === undefined) return undefined;
    try {
      // Its id may have gone to somebody else meanwhile, who has never heard of this folder.
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
