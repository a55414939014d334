import type { Telemetry } from '../telemetry-api/telemetry.ts';
import type { ProcessGroup } from './processes/process-group.ts';
import type { InitializationType } from './state-machine/lifecycle.ts';

/** Whether an environment is frozen while it waits for an event. Those of Managed Instances never are. */
export function isFrozenWhenIdle(initializationType: InitializationType): boolean {
  return initializationType !== 'lambda-managed-instances';
}

/** Freezes and thaws the processes of one environment, and with them what is sent to those processes. Nothing else does. */
export class Freezer {
  readonly #initializationType: InitializationType;
  readonly #groups: () => readonly ProcessGroup[];
  readonly #telemetry: Pick<Telemetry, 'pause' | 'resume'>;

  /** @param groups the processes that there are at the moment of the call */
  constructor(
    initializationType: InitializationType,
    groups: () => readonly ProcessGroup[],
    telemetry: Pick<Telemetry, 'pause' | 'resume'>,
  ) {
    this.#initializationType = initializationType;
    this.#groups = groups;
    this.#telemetry = telemetry;
  }

  /** Stops every process with SIGSTOP, where environments are frozen at all. */
  freeze(): void {
    if (!isFrozenWhenIdle(this.#initializationType)) return;
    this.#signal('SIGSTOP');
    this.#telemetry.pause();
  }

  /** Lets every process run again, with SIGCONT. */
  thaw(): void {
    this.#signal('SIGCONT');
    this.#telemetry.resume();
  }

  #signal(signal: NodeJS.Signals): void {
    for (const group of this.#groups()) if (group.isAlive()) group.signal(signal);
  }
}
