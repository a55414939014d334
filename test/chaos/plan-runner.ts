import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../emulator/environment/environment.ts';
import type { Invocation } from '../../emulator/environment/invocation.ts';
import { claimPort } from '../../harness/ports.ts';
import type { FaultCounts, FaultKind } from './fault-counts.ts';
import type { Work } from './function.ts';
import { Host } from './host.ts';
import type { EnvironmentPlan, Step, TimedFault } from './plan.ts';
import { PolicyInS3 } from './policy-in-s3.ts';
import type { PolicyPlan } from './policy-plan.ts';
import type { Role } from './processes.ts';
import type { Programs } from './programs.ts';
import { type S3Proxy, startS3Proxy } from './s3-proxy.ts';

/** What the environments of one run share. */
export interface RunContext {
  programs: Programs;
  policy: PolicyPlan | undefined;
  folder: string;
  s3Url: string;
  faultCounts: FaultCounts;
  /** Adds a line to the story of the run. */
  note(text: string): void;
  /** The runners whose environments work on an invocation at this moment. */
  working: Set<PlanRunner>;
}

/** A successor has 2 s for its shutdown. One is enough, except on a machine that is busy with other work. */
const MOST_SUCCESSORS = 3;

/** Carries out the plan of one environment. */
export class PlanRunner {
  readonly host: Host;
  /** Whether the extension started in the first environment, before any fault. */
  startedAtFirst = false;
  readonly #plan: EnvironmentPlan;
  readonly #context: RunContext;
  readonly #proxy: S3Proxy;
  readonly #note: (text: string) => void;
  #environment: Environment;
  #invocation: { over: boolean } | undefined;

  /**
   * @param name the name of its folder, and its name in the story
   * @param sharing the runner whose /tmp the environment uses; without one, it has its own
   */
  static async create(
    plan: EnvironmentPlan,
    name: string,
    context: RunContext,
    sharing?: PlanRunner,
  ): Promise<PlanRunner> {
    const folder = path.join(context.folder, name);
    mkdirSync(folder);
    const note = (text: string) => context.note(`${name} ${text}`);
    const faults = {
      killExtension: () => runner.host.processes.kill('extension'),
      freeze: (forMs: number) => runner.#freeze(forMs),
    };
    const { policy, faultCounts } = context;
    const inS3 = policy && new PolicyInS3(policy, faultCounts);
    const proxy = await startS3Proxy(context.s3Url, plan.puts, faults, faultCounts, note, inS3);
    const host = new Host({
      plan,
      policy,
      programs: context.programs,
      folder,
      port: await claimPort(),
      s3Url: proxy.url,
      sharing: sharing?.host,
      note,
    });
    const runner = new PlanRunner(plan, context, host, proxy, note);
    return runner;
  }

  private constructor(
    plan: EnvironmentPlan,
    context: RunContext,
    host: Host,
    proxy: S3Proxy,
    note: (text: string) => void,
  ) {
    this.#plan = plan;
    this.#context = context;
    this.#proxy = proxy;
    this.#note = note;
    this.host = host;
    this.#environment = host.environment();
  }

  /** Carries out all steps and the last shutdown. */
  async run(): Promise<void> {
    await this.#environment.init();
    this.startedAtFirst = this.host.extensionStarted;
    this.#countPolicy();
    if (this.#plan.preload) this.#count('preload in NODE_OPTIONS');
    for (const step of this.#plan.steps) await this.#perform(step);
    await this.#shutDown(this.#plan.killExtensionAfterMs);
    for (const { outcome } of this.host.ledger()) {
      if (outcome === 'POLICY_UNAVAILABLE') this.#count('record refused for want of a policy');
      if (outcome === 'SPOOL_FULL') this.#count('spool full');
      if (outcome === 'SPOOL_UNWRITABLE' && this.host.hasSmallDisk) this.#count('disk full');
    }
  }

  /** Starts successors in the same /tmp, with an S3 that works, until the spool is empty or the successors are used up. */
  async recover(): Promise<void> {
    this.#proxy.recover();
    for (let successor = 1; successor <= MOST_SUCCESSORS; successor++) {
      this.#note(`successor ${successor}`);
      this.#environment = this.host.environment();
      await this.#environment.init();
      await this.#environment.close();
      if (this.host.spooled().length === 0) return;
    }
  }

  async close(): Promise<void> {
    await this.#environment.close();
    await this.#proxy[Symbol.asyncDispose]();
    this.host.close();
  }

  async #perform(step: Step): Promise<void> {
    switch (step.step) {
      case 'invoke': {
        const { records, sending, workMs, hangs, fault } = step;
        const invocation = this.#invoke({ records, sending, workMs, hangs });
        await Promise.all([this.#finished(invocation), fault && this.#inject(fault)]);
        return;
      }
      case 'while frozen':
        return this.#inject(step.fault);
      case 'shut down': {
        const invocation =
          step.inInvocation &&
          this.#invoke({ records: step.inInvocation, sending: 'one by one', workMs: 2, hangs: false });
        await this.#shutDown(step.killExtensionAfterMs);
        if (invocation) await this.#finished(invocation);
        this.#environment = this.host.environment();
        await this.#environment.init();
      }
    }
  }

  #invoke(work: Work): Invocation {
    this.#note(`invoke ${JSON.stringify(work)}`);
    const invocation = this.#environment.invoke({ payload: Buffer.from(JSON.stringify(work)) });
    if (work.sending === 'at once') this.#count('40 senders at once');
    if (work.sending === 'with bad lines') this.#count('bad lines in a body');
    const state = { over: false };
    this.#invocation = state;
    this.#context.working.add(this);
    if (this.#context.working.size > 1) this.#count('two environments at once');
    void invocation.finished.then(() => {
      state.over = true;
      this.#context.working.delete(this);
    });
    return invocation;
  }

  async #finished(invocation: Invocation): Promise<void> {
    await invocation.finished;
    const answer = await invocation.answered.catch((error: Error) => ({ payload: Buffer.from(error.message) }));
    if (answer.payload.includes('Sandbox.Timedout')) this.#count('function timed out');
  }

  async #shutDown(killExtensionAfterMs: number | undefined): Promise<void> {
    const inInvocation = this.#invocation?.over === false;
    this.#count(inInvocation ? 'shut down in an invocation' : 'shut down between invocations');
    let closing = true;
    const closed = this.#environment.close().finally(() => {
      closing = false;
    });
    if (killExtensionAfterMs !== undefined) {
      await sleep(killExtensionAfterMs);
      if (closing && this.host.processes.kill('extension')) this.#count('extension killed while it shuts down');
    }
    await closed;
  }

  async #inject(fault: TimedFault): Promise<void> {
    await sleep(fault.afterMs);
    switch (fault.what) {
      case 'freeze':
        if (this.#freeze(fault.forMs)) this.#count('frozen and thawed');
        return;
      case 'stall':
        if (this.#freeze(fault.forMs, ['extension'])) this.#count('extension stalled');
        return;
      case 'tamper':
        if (this.host.tamper(fault.how)) this.#count(`spool: ${fault.how}`);
        return;
      case 'step clock':
        this.host.stepClock(fault.byMs);
        this.#count(fault.byMs > 0 ? 'clock stepped forwards' : 'clock stepped back');
        return;
      default:
        this.#kill(fault.what === 'kill function' ? 'function' : 'extension');
    }
  }

  #kill(role: Role): void {
    const { processes } = this.host;
    const frozen = processes.isFrozen(role);
    if (processes.kill(role)) this.#count(frozen ? `${role} killed while frozen` : `${role} killed`);
  }

  /** Stops processes for a while, if they work on an invocation. @returns whether any was stopped */
  #freeze(forMs: number, roles: readonly Role[] = ['function', 'extension']): boolean {
    const invocation = this.#invocation;
    if (invocation === undefined || invocation.over) return false; // the environment is frozen already
    const { processes } = this.host;
    const stopped = roles.filter((role) => processes.stop(role));
    setTimeout(() => {
      // After the invocation, only the environment may thaw its processes.
      if (!invocation.over) for (const role of stopped) processes.thaw(role);
    }, forMs);
    return stopped.length > 0;
  }

  #countPolicy(): void {
    const { policy } = this.#context;
    if (policy === undefined) return;
    const { place, state } = policy;
    this.#count(place === 'inline' ? 'policy: inline' : place === 'file' ? 'policy: in a file' : 'policy: in S3');
    if (place !== 'S3' && state !== 'right') this.#count(`policy: ${state}`); // those of S3 are counted as they strike
  }

  #count(kind: FaultKind): void {
    this.#note(`>> ${kind}`);
    this.#context.faultCounts.count(kind);
  }
}
