import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { report } from '../telemetry-api/platform-events.ts';
import { Invocation, type InvocationRequest } from './invocation.ts';
import { initReportLine, initStartLine } from './platform-log.ts';
import { type LineOrigin, Sandbox, type SandboxOptions } from './sandbox.ts';
import type { Fault, ShutdownReason } from './state-machine/lifecycle.ts';
import { invocationEnded } from './state-machine/lifecycle.ts';
import { runtimeAnswered } from './state-machine/runtime.ts';

export interface EnvironmentOptions extends Omit<SandboxOptions, 'onIdleFault'> {
  functionArn: string;
  memoryMb: number;
  /** The time-out of an invocation, in milliseconds, for the function and its extensions together. */
  timeoutMs: number;
  /** The time-out of an init that is not part of an invocation, in milliseconds. @default 10000 */
  initTimeoutMs?: number;
  /** How many invocations may wait for their turn. @default 1000 */
  maxWaiting?: number;
}

/** Too many invocations wait already: Lambda's 429. */
export class TooManyRequests extends Error {
  override name = 'TooManyRequests';
}

/** The environment is shutting down, and starts nothing new. */
export class EnvironmentClosed extends Error {
  override name = 'EnvironmentClosed';
}

/**
 * One execution environment of the function. It works on one invocation at a time; others wait for their turn. After a fault the environment
 * ends its processes, and starts them again with the next invocation.
 */
export class Environment {
  readonly #options: EnvironmentOptions;
  #sandbox: Sandbox | undefined;
  #initDurationMs: number | undefined;
  #current: Invocation | undefined;
  #waiting = 0;
  #closed = false;
  #tail: Promise<void> = Promise.resolve();

  constructor(options: EnvironmentOptions) {
    this.#options = options;
  }

  /**
   * Starts the processes now, rather than with the first invocation.
   *
   * @returns what went wrong, if anything did; it is in the log too, and the first invocation tries again
   */
  async init(): Promise<Fault | 'timeout' | undefined> {
    // What `init` returns if the job below throws.
    let fault: Fault | 'timeout' | undefined = { errorType: 'Sandbox.Failure', errorMessage: 'The emulator failed' };
    await this.#enqueue(async () => {
      const atMs = this.#options.clock.monotonicMs() + (this.#options.initTimeoutMs ?? 10_000);
      fault = await this.#start('init', atMs);
    });
    return fault;
  }

  /**
   * Hands an event to the function.
   *
   * @throws {TooManyRequests} at once; {EnvironmentClosed} may also come later, as the rejection of `answered`
   */
  invoke(request: InvocationRequest): Invocation {
    if (this.#closed) throw new EnvironmentClosed('The emulator is shutting down.');
    const { maxWaiting = 1000 } = this.#options;
    if (this.#waiting >= maxWaiting) throw new TooManyRequests(`Rate Exceeded: ${maxWaiting} invocations wait.`);
    const invocation = new Invocation(randomUUID(), request, this.#options);
    this.#waiting += 1;
    this.#enqueue(async () => {
      this.#waiting -= 1;
      if (this.#closed) invocation.refuse(new EnvironmentClosed('The emulator is shutting down.'));
      else await this.#serve(invocation).catch((error) => this.#broken(invocation, error));
    });
    return invocation;
  }

  /** Lets the current invocation end, starts no other one, and runs Lambda's shutdown sequence. */
  async close(): Promise<void> {
    this.#closed = true;
    const phase = this.#sandbox?.life.phase;
    if (phase === 'registering' || phase === 'starting') {
      this.#sandbox?.control.fail({ errorType: 'Sandbox.Closed', errorMessage: 'The emulator is shutting down' });
    }
    await this.#enqueue(() => this.#end('spindown'));
  }

  async #serve(invocation: Invocation): Promise<void> {
    const { clock, timeoutMs, functionArn } = this.#options;
    this.#current = invocation;
    const startMs = clock.monotonicMs();
    const endsAtMs = startMs + timeoutMs;
    invocation.started((line) => this.#log(line));
    // A process may have ended between two invocations, and this invocation may come before `#endFaulty` has run.
    if (this.#sandbox?.life.fault) await this.#end('failure');
    const initFault = this.#sandbox
      ? undefined
      : await this.#start('invoke', endsAtMs, (fault) => invocation.fail(fault));
    const sandbox = this.#sandbox;
    if (!sandbox) {
      this.#report(invocation, startMs, initFault, 0);
      return;
    }

    sandbox.invoke({ ...invocation.event(functionArn), endsAtMs });
    const answered = sandbox.control.until(runtimeAnswered, endsAtMs).then(() => {
      if (sandbox.control.answer) invocation.answer(sandbox.control.answer);
    });
    const outcome = await sandbox.control.until(invocationEnded, endsAtMs);
    await answered;
    const fault = outcome === 'met' ? undefined : outcome === 'deadline' ? 'timeout' : sandbox.life.fault;
    if (fault) invocation.fail(fault);
    const peakMemoryBytes = sandbox.peakMemoryBytes();
    // The pipes may still hold lines that the processes wrote before they asked for the next event. Those lines belong before END.
    await setImmediate();
    if (!fault) sandbox.freeze();
    sandbox.telemetry.emit(report(this.#report(invocation, startMs, fault, peakMemoryBytes)));
    if (fault) await this.#end(fault === 'timeout' ? 'timeout' : 'failure');
  }

  // The emulator has a defect, or the machine has no process to spare. The caller who waits for an answer must hear of it.
  async #broken(invocation: Invocation, error: Error): Promise<void> {
    invocation.refuse(error);
    this.#current = undefined;
    await this.#end('failure');
    throw error;
  }

  #report(invocation: Invocation, startMs: number, fault: Fault | 'timeout' | undefined, peakMemoryBytes: number) {
    const ended = invocation.ended((line) => this.#log(line), {
      durationMs: this.#options.clock.monotonicMs() - startMs,
      initDurationMs: this.#initDurationMs,
      peakMemoryBytes,
      fault,
    });
    this.#initDurationMs = undefined;
    this.#current = undefined;
    return ended;
  }

  /** Starts a set of processes. If they do not get ready in time, ends them again. */
  async #start(phase: 'init' | 'invoke', atMs: number, onFault?: (fault: Fault | 'timeout') => void) {
    const startMs = this.#options.clock.monotonicMs();
    this.#log(initStartLine(process.version));
    const sandbox = new Sandbox({
      ...this.#options,
      log: (line, origin) => this.#log(line, origin),
      onIdleFault: () => this.#enqueue(() => this.#endFaulty(sandbox)),
    });
    this.#sandbox = sandbox;
    const outcome = await sandbox.init(atMs);
    // The pipes may still hold lines of the start.
    await setImmediate();
    const durationMs = this.#options.clock.monotonicMs() - startMs;
    if (outcome === 'met') {
      if (phase === 'init') this.#initDurationMs = durationMs;
      return undefined;
    }
    const fault = outcome === 'deadline' ? 'timeout' : (sandbox.life.fault ?? 'timeout');
    if (!this.#closed) this.#log(initReportLine(durationMs, phase, fault));
    if (fault !== 'timeout' && phase === 'init') this.#log(`${fault.errorMessage}\n${fault.errorType}`);
    onFault?.(fault);
    await this.#end(this.#closed ? 'spindown' : fault === 'timeout' ? 'timeout' : 'failure');
    return fault;
  }

  async #endFaulty(sandbox: Sandbox): Promise<void> {
    if (this.#sandbox !== sandbox || this.#closed) return;
    const fault = sandbox.life.fault;
    this.#log(`${fault?.errorMessage}; the next invocation starts the environment again\n${fault?.errorType}`);
    await this.#end('failure');
  }

  async #end(reason: ShutdownReason): Promise<void> {
    const sandbox = this.#sandbox;
    this.#sandbox = undefined;
    this.#initDurationMs = undefined;
    await sandbox?.shutdown(reason);
  }

  #log(line: string, origin: LineOrigin = 'platform'): void {
    this.#options.log(line, origin);
    this.#current?.logged(line);
  }

  #enqueue(job: () => Promise<void>): Promise<void> {
    // A job throws if the emulator has a defect or the system refuses something. The jobs behind it must still run.
    const failed = ({ code, message, stack }: NodeJS.ErrnoException) =>
      this.#options.log(`The emulator failed: ${code === undefined ? stack : message}`, 'platform');
    this.#tail = this.#tail.then(job).catch(failed);
    return this.#tail;
  }
}
