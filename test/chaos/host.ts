import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Stats } from '../../capture/wire.ts';
import { systemClock } from '../../emulator/environment/clock.ts';
import { Environment } from '../../emulator/environment/environment.ts';
import { extensionVariables, functionArn, functionVariables } from '../../emulator/environment/variables.ts';
import { type Account, unanswered } from './evidence.ts';
import type { LedgerEntry } from './function.ts';
import type { EnvironmentPlan, Tampering } from './plan.ts';
import { CANARY, documentOf, type PolicyPlan, policyVariables, WRONG_DOCUMENT } from './policy-plan.ts';
import { Processes } from './processes.ts';
import { type Programs, STEPPED_CLOCK } from './programs.ts';
import { mountSmallDisk, unmount } from './small-disk.ts';
import { type FoundRecord, filesWith, recordOf, spooledBelow } from './spool-files.ts';
import { tamper } from './tampering.ts';

const FUNCTION_NAME = 'Chaos';
export const BUCKET = 'inference-capture';
/** A preload as tracing tools have it. It is meant for the function, and must not reach the extension. */
const PRELOAD = { NODE_OPTIONS: `--import ${path.resolve('test/chaos/preload.mjs')}` };

/** The parts of a plan that concern the host. */
export type HostPlan = Omit<EnvironmentPlan, 'puts' | 'steps' | 'killExtensionAfterMs'>;

export interface HostOptions {
  plan: HostPlan;
  policy?: PolicyPlan | undefined;
  programs: Programs;
  /** The host's own folder, which must exist. */
  folder: string;
  /** The receiver's port. Nothing else may use it during the life of the host. */
  port: number;
  s3Url: string;
  /** The host whose /tmp this host uses. @default its own /tmp */
  sharing?: Host | undefined;
  /** Variables that replace those of function and extension. */
  env?: Record<string, string>;
  note(text: string): void;
}

/** A /tmp and the environments that run in it, one after the other. The host collects what the verdict needs to know about them. */
export class Host {
  readonly processes: Processes;
  readonly #options: HostOptions;
  readonly #tmp: string;
  readonly #ledger: string;
  readonly #policyFile: string;
  #neighbour: Host | undefined;
  readonly #clock: string;
  #clockOffMs = 0;
  readonly #accounts: Account[] = [];
  /** The stored lines in the log, by key and line number. A line may come in several parts. */
  readonly #logged = new Map<string, string>();
  readonly #exposed = new Set<string>();
  /** Whether an extension has asked for its first event. */
  extensionStarted = false;
  /** Whether /tmp is a small disk. */
  readonly hasSmallDisk: boolean;

  constructor(options: HostOptions) {
    this.#options = options;
    const { folder, plan, policy } = options;
    this.processes = new Processes(folder);
    this.#tmp = options.sharing === undefined ? path.join(folder, 'tmp') : options.sharing.#tmp;
    this.#ledger = path.join(folder, 'ledger.jsonl');
    this.#policyFile = path.join(folder, 'policy.json');
    this.#clock = path.join(folder, 'clock');
    mkdirSync(this.#tmp, { recursive: true });
    writeFileSync(this.#ledger, '');
    writeFileSync(this.#clock, '0');
    if (policy?.place === 'file' && policy.state !== 'not there') {
      writeFileSync(this.#policyFile, policy.state === 'right' ? documentOf(policy) : WRONG_DOCUMENT);
    }
    this.#neighbour = options.sharing;
    if (options.sharing !== undefined) options.sharing.#neighbour = this;
    this.hasSmallDisk =
      options.sharing?.hasSmallDisk ?? (plan.room.kind === 'disk' && mountSmallDisk(this.#tmp, plan.room.bytes));
  }

  /** The next environment in this /tmp. */
  environment(): Environment {
    const { plan, programs, note } = this.#options;
    return new Environment({
      identity: { functionName: FUNCTION_NAME, functionVersion: '$LATEST', handler: 'index.handler', accountId: '1' },
      functionArn: functionArn(FUNCTION_NAME),
      memoryMb: 512,
      timeoutMs: plan.timeoutMs,
      extensions: ['inference-capture'],
      telemetry: plan.telemetry,
      runtimeProgram: (api) =>
        this.processes.withPidFile('function', {
          command: process.execPath,
          args: ['--import', STEPPED_CLOCK, programs.runtime],
          folder: programs.taskRoot,
          variables: functionVariables(this.#sources(api)),
        }),
      extensionProgram: (_, api) => {
        this.#openAccount();
        return this.processes.withPidFile('extension', {
          command: programs.extension,
          args: [],
          folder: '/',
          variables: { ...extensionVariables(this.#sources(api)), ...(plan.preload && PRELOAD) },
        });
      },
      log: (line) => {
        note(line);
        this.#readLog(line);
      },
      clock: { ...systemClock, wallMs: () => systemClock.wallMs() + this.#clockOffMs },
    });
  }

  spooled(): FoundRecord[] {
    return spooledBelow(this.#tmp);
  }

  /** The records that the extension has written to its log, as the last resort. */
  logged(): FoundRecord[] {
    return Array.from(this.#logged.values(), (line) => recordOf(line, 'the log'));
  }

  /** Where what no policy lets pass was seen: in the log, or in /tmp whenever a process of the extension started or ended. */
  exposed(): string[] {
    return [...this.#exposed];
  }

  /** The lines of the function's ledger so far. */
  ledger(): LedgerEntry[] {
    const lines = readFileSync(this.#ledger, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as LedgerEntry);
  }

  /** Sets the wall clock of all processes and of the emulator, `byMs` from where it is. */
  stepClock(byMs: number): void {
    this.#clockOffMs += byMs;
    writeFileSync(this.#clock, String(this.#clockOffMs));
  }

  /**
   * Tampers with the spool while every extension that uses it is stopped.
   *
   * @returns whether the extensions could be stopped and there was anything to tamper with
   */
  tamper(how: Tampering): boolean {
    const hosts: Host[] = this.#neighbour === undefined ? [this] : [this, this.#neighbour];
    const action = hosts.reduce<() => string[] | undefined>(
      (inner, { processes }) =>
        () =>
          processes.whileStopped('extension', inner),
      () => {
        const destroyed = tamper(this.#tmp, how);
        for (const host of hosts) if (destroyed) host.#noteLoss(host === this ? destroyed : []);
        return destroyed;
      },
    );
    return action() !== undefined;
  }

  /** The accounts of all processes of the extension. All of them must have ended. */
  accounts(): readonly Account[] {
    this.#closeAccount();
    return this.#accounts;
  }

  close(): void {
    unmount(this.#tmp);
  }

  #noteLoss(destroyed: string[]): void {
    const account = this.#accounts.at(-1);
    account?.destroyed.push(...destroyed);
    account?.uncertain.push(...unanswered(this.ledger()));
  }

  #openAccount(): void {
    this.#closeAccount();
    this.#lookForCanaries();
    const spoolAtStart = this.spooled().length;
    this.#accounts.push({
      spoolAtStart,
      spoolAtEnd: spoolAtStart,
      shared: this.#neighbour !== undefined,
      destroyed: [],
      uncertain: [],
      ledger: [],
    });
  }

  #closeAccount(): void {
    const last = this.#accounts.at(-1);
    if (last === undefined) return;
    this.#lookForCanaries();
    last.spoolAtEnd = this.spooled().length;
    const before = this.#accounts.slice(0, -1).reduce((sum, { ledger }) => sum + ledger.length, 0);
    last.ledger = this.ledger().slice(before);
  }

  #lookForCanaries(): void {
    for (const file of filesWith(CANARY, this.#tmp)) this.#exposed.add(file);
  }

  #readLog(line: string): void {
    if (line.includes(CANARY)) this.#exposed.add('the log');
    if (line.startsWith('EXTENSION\tName: inference-capture\tState: Ready\t')) this.extensionStarted = true;
    if (!line.includes('"source":"inference-capture"')) return;
    if (line.includes('"shutdownReason"')) this.#accounts.at(-1)!.stats = JSON.parse(line) as Stats;
    if (!line.includes('"a record that could not be delivered"')) return;
    const { key, line: number, text } = JSON.parse(line) as { key: string; line: number; text: string };
    const place = `${key} ${number}`;
    this.#logged.set(place, (this.#logged.get(place) ?? '') + text);
  }

  #sources(runtimeApi: string) {
    const { plan, policy, port, s3Url, programs, env } = this.#options;
    const { room } = plan;
    const spoolBytes = room.kind === 'plenty' || this.hasSmallDisk ? 134_217_728 : room.bytes;
    return {
      template: {
        functionName: FUNCTION_NAME,
        handler: 'index.handler',
        runtime: 'nodejs24.x',
        memoryMb: 512,
        variables: {},
      },
      runtimeApi,
      taskRoot: programs.taskRoot,
      tmp: this.#tmp,
      s3Url,
      local: { CAPTURE_PORT: String(port), CAPTURE_SPOOL_DIR: `${this.#tmp}/inference-capture` },
      logStreamName: 'chaos',
      nodeFolder: programs.bin,
      overlay: {
        CAPTURE_DESTINATION: `s3://${BUCKET}`,
        CAPTURE_BATCH_RECORDS: String(plan.batchRecords),
        CAPTURE_BATCH_AGE_MS: String(plan.batchAgeMs),
        CAPTURE_FLUSH_BUDGET_MS: String(plan.flushBudgetMs),
        CAPTURE_FLUSH_STRATEGY: plan.flushStrategy,
        CAPTURE_SPOOL_BYTES: String(spoolBytes),
        ...(plan.lastResort && { CAPTURE_LAST_RESORT: 'log' }),
        ...(policy && policyVariables(policy, this.#policyFile, `s3://${BUCKET}/policy.json`)),
        CHAOS_LEDGER: this.#ledger,
        CLOCK_STEP: this.#clock,
        NODE_COMPILE_CACHE: programs.compileCache,
        ...env,
      },
    };
  }
}
