import type { FastifyInstance } from 'fastify';
import type { FunctionIdentity } from '../extensions-api/extensions-api.ts';
import * as events from '../telemetry-api/platform-events.ts';
import { Telemetry } from '../telemetry-api/telemetry.ts';
import { buildApiServer } from './api-server.ts';
import type { Clock } from './clock.ts';
import { Control, type InvokeEvent, type Outcome } from './control.ts';
import { Freezer } from './freezer.ts';
import { extensionLine } from './platform-log.ts';
import { bounded, endWithin } from './processes/process-end.ts';
import { type ProcessGroup, type Program, startGroup } from './processes/process-group.ts';
import {
  type ExitStatus,
  extensionExited,
  type InitializationType,
  idle,
  initEnded,
  type Lifecycle,
  registrationEnded,
  runtimeEnding,
  runtimeExited,
  runtimeLaunched,
  type ShutdownReason,
} from './state-machine/lifecycle.ts';
import { shutdownBudget } from './state-machine/shutdown-budget.ts';

/** The writer of a line of the log: Lambda itself, or one of the processes. */
export type LineOrigin = 'platform' | 'function' | 'extension';

export interface SandboxOptions {
  identity: FunctionIdentity;
  /** Names of the external extensions. */
  extensions: readonly string[];
  /** What to start, given `host:port` of the Runtime and Extensions APIs. */
  runtimeProgram(api: string): Program;
  extensionProgram(name: string, api: string): Program;
  /** @default on-demand */
  initializationType?: InitializationType;
  /** Whether there is a Telemetry API. @default true */
  telemetry?: boolean;
  log(line: string, origin: LineOrigin): void;
  clock: Clock;
  /** Called once, when a process ends while nothing is being worked on. */
  onIdleFault(): void;
}

/** How long to wait for a process to end after SIGKILL, in milliseconds. Only a broken disk makes it take longer. */
const KILLED_MS = 5000;

/** One set of processes from init to their end: the runtime, the extensions, and the server of the APIs that they call. It is used once. */
export class Sandbox {
  readonly control: Control;
  /** Gets every event, even where no extension can subscribe to it. */
  readonly telemetry: Telemetry;
  readonly #options: SandboxOptions;
  readonly #server: FastifyInstance;
  readonly #extensions = new Map<string, ProcessGroup>();
  readonly #freezer: Freezer;
  #runtime: ProcessGroup | undefined;

  constructor(options: SandboxOptions) {
    this.#options = options;
    this.control = new Control(options.extensions, options.clock, options.initializationType);
    this.telemetry = new Telemetry(options.clock.wallMs);
    this.#freezer = new Freezer(this.life.initializationType, () => this.#groups(), this.telemetry);
    const offered = options.telemetry === false ? undefined : this.telemetry;
    this.#server = buildApiServer(this.control, options.identity, offered);
  }

  get life(): Lifecycle {
    return this.control.life;
  }

  /**
   * Starts the extensions, then the runtime when all of them have registered, and freezes everything when all have asked for an event.
   *
   * @param atMs the time by the monotonic clock at which init must be over
   */
  async init(atMs: number): Promise<Outcome> {
    const { control, telemetry } = this;
    const { extensions, extensionProgram, runtimeProgram, log, identity, clock } = this.#options;
    const startMs = clock.monotonicMs();
    telemetry.emit(events.initStart(this.life.initializationType, identity, `nodejs:${process.version}`));
    const api = await this.#listen();
    if (api === undefined) return 'fault';
    for (const name of extensions) {
      const group = startGroup(extensionProgram(name, api), this.#logged('extension'));
      this.#extensions.set(name, group);
      this.#watch(group, (life, status) => extensionExited(life, name, status));
    }
    let outcome = await control.until(registrationEnded, atMs);
    if (outcome === 'met') {
      control.change(runtimeLaunched);
      this.#runtime = startGroup(runtimeProgram(api), this.#logged('function'));
      this.#watch(this.#runtime, runtimeExited);
      const runtime = await control.until(({ runtime }) => runtime === 'Ready', atMs);
      telemetry.emit(events.initRuntimeDone(this.life.initializationType, this.#statusOf(runtime)));
      outcome = await control.until(initEnded, atMs);
    }
    for (const extension of this.life.extensions) {
      log(extensionLine(extension), 'platform');
      telemetry.emit(events.extension(extension.name, extension.state, extension.events));
    }
    telemetry.emit(
      events.initReport(this.life.initializationType, this.#statusOf(outcome), clock.monotonicMs() - startMs),
    );
    telemetry.closeSubscription();
    if (outcome === 'met') this.freeze();
    return outcome;
  }

  /** @returns `host:port`; undefined, after a fault, where the machine has no socket to spare */
  async #listen(): Promise<string | undefined> {
    try {
      return (await this.#server.listen({ host: '127.0.0.1', port: 0 })).replace('http://', '');
    } catch (error) {
      const errorMessage = `The Runtime API cannot listen: ${(error as Error).message}`;
      this.control.fail({ errorType: 'Sandbox.Failure', errorMessage });
      return undefined;
    }
  }

  /** Thaws everything and hands out an event. */
  invoke(event: InvokeEvent): void {
    const { control, telemetry } = this;
    const { clock, identity } = this.#options;
    const startMs = clock.monotonicMs();
    this.#freezer.thaw();
    control.invoke(event);
    telemetry.emit(events.start(event.requestId, identity.functionVersion));
    // The runtime is done when it asks for its next event, not when it responds.
    void control
      .until(({ runtime }) => runtime === 'Ready', event.endsAtMs)
      .then((outcome) => {
        const { answer } = control;
        const status = outcome === 'met' && answer?.kind === 'error' ? 'error' : this.#statusOf(outcome);
        const metrics = { durationMs: clock.monotonicMs() - startMs, producedBytes: answer?.payload.length ?? 0 };
        telemetry.emit(events.runtimeDone(event.requestId, status, metrics));
      });
  }

  /** Freezes everything, as runtime and extensions all wait for an event. */
  freeze(): void {
    this.control.change(idle);
    this.#freezer.freeze();
  }

  /** The most memory that its processes have used, in bytes; 0 where it cannot be known. */
  peakMemoryBytes(): number {
    return this.#groups().reduce((sum, group) => sum + group.peakMemoryBytes(), 0);
  }

  /** Runs Lambda's shutdown sequence, within its budget. When it returns, every process has ended. */
  async shutdown(reason: ShutdownReason): Promise<void> {
    const budget = shutdownBudget(this.life);
    const startMs = this.#options.clock.monotonicMs();
    this.#freezer.thaw();
    this.telemetry.hurry();
    if (this.#runtime?.isAlive()) {
      // Before the signal: in this phase the runtime's exit is no fault.
      this.control.change(runtimeEnding);
      if (budget.runtimeMs > 0) this.#runtime.signal('SIGTERM');
      await endWithin([this.#runtime], budget.runtimeMs);
    }
    const endsAtMs = startMs + budget.totalMs;
    this.control.shutdown(reason, endsAtMs);
    const told = [...this.#extensions].filter(([name]) => this.#hears(name)).map(([, group]) => group);
    for (const group of this.#extensions.values()) if (!told.includes(group)) group.signal('SIGKILL');
    await endWithin(told, endsAtMs - this.#options.clock.monotonicMs());
    await Promise.all(this.#groups().map((group) => bounded(group.exited, KILLED_MS)));
    this.telemetry.close();
    await this.#server.close();
  }

  #hears(name: string): boolean {
    return this.life.extensions.some((one) => one.name === name && one.events.includes('SHUTDOWN'));
  }

  #statusOf(outcome: Outcome): events.Status {
    return outcome === 'met' ? 'success' : outcome === 'deadline' ? 'timeout' : 'failure';
  }

  /** Passes the lines of a process on to the log and to the Telemetry API. */
  #logged(type: 'function' | 'extension'): (line: string) => void {
    return (line) => {
      this.#options.log(line, type);
      this.telemetry.emit(events.logLine(type, line));
    };
  }

  #watch(group: ProcessGroup, step: (life: Lifecycle, status: ExitStatus) => Lifecycle): void {
    group.exited.then((status) => {
      const { phase, fault } = this.life;
      this.control.change((life) => step(life, status));
      if (phase === 'idle' && !fault) this.#options.onIdleFault();
    });
  }

  #groups(): ProcessGroup[] {
    return [...(this.#runtime ? [this.#runtime] : []), ...this.#extensions.values()];
  }
}
