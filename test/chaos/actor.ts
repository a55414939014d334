import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../emulator/environment/environment.ts';
import type { Invocation } from '../../emulator/environment/invocation.ts';
import { claimPort } from '../../harness/ports.ts';
import type { Work } from './function.ts';
import type { EnvironmentPlan, Step, TimedFault } from './plan.ts';
import type { Role } from './processes.ts';
import type { Programs } from './programs.ts';
import { type S3Proxy, startS3Proxy } from './s3-proxy.ts';
import { Stage } from './stage.ts';
import type { FaultKind, Strikes } from './strikes.ts';

/** What the environments of one run have in common. */
export interface Scene {
  programs: Programs;
  folder: string;
  s3Url: string;
  strikes: Strikes;
  note(text: string): void;
  /** Those that work on an invocation at this moment. */
  working: Set<Actor>;
}

/** One has 2 s for its shutdown, which is plenty, except on a machine that is busy with other things. */
const MOST_SUCCESSORS = 3;

/** Lets the plan of one environment happen. */
export class Actor {
  readonly stage: Stage;
  /** Whether the extension started before anything was done to it. */
  startedAtFirst = false;
  readonly #plan: EnvironmentPlan;
  readonly #scene: Scene;
  readonly #proxy: S3Proxy;
  readonly #note: (text: string) => void;
  #environment: Environment;
  #invocation: { over: boolean } | undefined;

  /**
   * @param name of its folder and in the story
   * @param sharing whose /tmp it has, if not one of its own
   */
  static async enter(plan: EnvironmentPlan, name: string, scene: Scene, sharing?: Actor): Promise<Actor> {
    const folder = path.join(scene.folder, name);
    mkdirSync(folder);
    const note = (text: string) => scene.note(`${name} ${text}`);
    const faults = {
      killExtension: () => actor.stage.processes.kill('extension'),
      freeze: (forMs: number) => actor.#freeze(forMs),
    };
    const proxy = await startS3Proxy(scene.s3Url, plan.puts, faults, scene.strikes, note);
    const stage = new Stage({
      plan,
      programs: scene.programs,
      folder,
      port: await claimPort(),
      s3Url: proxy.url,
      sharing: sharing?.stage,
      note,
    });
    const actor = new Actor(plan, scene, stage, proxy, note);
    return actor;
  }

  private constructor(plan: EnvironmentPlan, scene: Scene, stage: Stage, proxy: S3Proxy, note: (text: string) => void) {
    this.#plan = plan;
    this.#scene = scene;
    this.#proxy = proxy;
    this.#note = note;
    this.stage = stage;
    this.#environment = stage.environment();
  }

  /** All steps, and the last shutdown. */
  async play(): Promise<void> {
    await this.#environment.init();
    this.startedAtFirst = this.stage.extensionStarted;
    if (this.#plan.preload) this.#struck('preload in NODE_OPTIONS');
    for (const step of this.#plan.steps) await this.#take(step);
    await this.#shutDown(this.#plan.killExtensionAfterMs);
    for (const { outcome } of this.stage.ledger()) {
      if (outcome === 'SPOOL_FULL') this.#struck('spool full');
      if (outcome === 'SPOOL_UNWRITABLE' && this.stage.hasSmallDisk) this.#struck('disk full');
    }
  }

  /** Successors in the same /tmp, with an S3 that works: what is in the spool can be delivered, or is not. */
  async recover(): Promise<void> {
    this.#proxy.recover();
    for (let successor = 1; successor <= MOST_SUCCESSORS; successor++) {
      this.#note(`successor ${successor}`);
      this.#environment = this.stage.environment();
      await this.#environment.init();
      await this.#environment.close();
      if (this.stage.spooled().length === 0) return;
    }
  }

  async leave(): Promise<void> {
    await this.#environment.close();
    await this.#proxy[Symbol.asyncDispose]();
    this.stage.close();
  }

  async #take(step: Step): Promise<void> {
    switch (step.step) {
      case 'invoke': {
        const { records, sending, workMs, hangs, fault } = step;
        const invocation = this.#invoke({ records, sending, workMs, hangs });
        await Promise.all([this.#ended(invocation), fault && this.#strike(fault)]);
        return;
      }
      case 'while frozen':
        return this.#strike(step.fault);
      case 'shut down': {
        const invocation =
          step.inInvocation &&
          this.#invoke({ records: step.inInvocation, sending: 'one by one', workMs: 2, hangs: false });
        await this.#shutDown(step.killExtensionAfterMs);
        if (invocation) await this.#ended(invocation);
        this.#environment = this.stage.environment();
        await this.#environment.init();
      }
    }
  }

  #invoke(work: Work): Invocation {
    this.#note(`invoke ${JSON.stringify(work)}`);
    const invocation = this.#environment.invoke({ payload: Buffer.from(JSON.stringify(work)) });
    if (work.sending === 'at once') this.#struck('40 senders at once');
    if (work.sending === 'with bad lines') this.#struck('bad lines in a body');
    const state = { over: false };
    this.#invocation = state;
    this.#scene.working.add(this);
    if (this.#scene.working.size > 1) this.#struck('two environments at once');
    void invocation.finished.then(() => {
      state.over = true;
      this.#scene.working.delete(this);
    });
    return invocation;
  }

  async #ended(invocation: Invocation): Promise<void> {
    await invocation.finished;
    const answer = await invocation.answered.catch((error: Error) => ({ payload: Buffer.from(error.message) }));
    if (answer.payload.includes('Sandbox.Timedout')) this.#struck('function timed out');
  }

  async #shutDown(killExtensionAfterMs: number | undefined): Promise<void> {
    const inInvocation = this.#invocation?.over === false;
    this.#struck(inInvocation ? 'shut down in an invocation' : 'shut down between invocations');
    let closing = true;
    const closed = this.#environment.close().finally(() => {
      closing = false;
    });
    if (killExtensionAfterMs !== undefined) {
      await sleep(killExtensionAfterMs);
      if (closing && this.stage.processes.kill('extension')) this.#struck('extension killed while it shuts down');
    }
    await closed;
  }

  async #strike(fault: TimedFault): Promise<void> {
    await sleep(fault.afterMs);
    switch (fault.what) {
      case 'freeze':
        if (this.#freeze(fault.forMs)) this.#struck('frozen and thawed');
        return;
      case 'stall':
        if (this.#freeze(fault.forMs, ['extension'])) this.#struck('extension stalled');
        return;
      case 'vandalise':
        if (this.stage.vandalise(fault.how)) this.#struck(`spool: ${fault.how}`);
        return;
      case 'step clock':
        this.stage.stepClock(fault.byMs);
        this.#struck(fault.byMs > 0 ? 'clock stepped forwards' : 'clock stepped back');
        return;
      default:
        this.#kill(fault.what === 'kill function' ? 'function' : 'extension');
    }
  }

  #kill(role: Role): void {
    const { processes } = this.stage;
    const frozen = processes.isFrozen(role);
    if (processes.kill(role)) this.#struck(frozen ? `${role} killed while frozen` : `${role} killed`);
  }

  /** Stops processes for a while, if they work on an invocation. @returns whether it did */
  #freeze(forMs: number, roles: readonly Role[] = ['function', 'extension']): boolean {
    const invocation = this.#invocation;
    if (invocation === undefined || invocation.over) return false; // it is frozen already
    const { processes } = this.stage;
    const stopped = roles.filter((role) => processes.stop(role));
    setTimeout(() => {
      // Once the invocation is over, only its environment may thaw it.
      if (!invocation.over) for (const role of stopped) processes.thaw(role);
    }, forMs);
    return stopped.length > 0;
  }

  #struck(kind: FaultKind): void {
    this.#note(`>> ${kind}`);
    this.#scene.strikes.struck(kind);
  }
}
