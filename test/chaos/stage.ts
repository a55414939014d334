import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Stats } from '../../capture/wire.ts';
import { systemClock } from '../../emulator/environment/clock.ts';
import { Environment } from '../../emulator/environment/environment.ts';
import { extensionVariables, functionArn, functionVariables } from '../../emulator/environment/variables.ts';
import type { LedgerEntry } from './function.ts';
import type { EnvironmentPlan, Vandalism } from './plan.ts';
import { Processes } from './processes.ts';
import { type Programs, STEPPED_CLOCK } from './programs.ts';
import { mountSmallDisk, unmount } from './small-disk.ts';
import { type LyingRecord, recordOf, spooledBelow } from './spool-files.ts';
import { vandalise } from './vandal.ts';
import { type Account, unanswered } from './verdict.ts';

const FUNCTION_NAME = 'Chaos';
export const BUCKET = 'inference-capture';
/** Meant for the function, as a tracer's is; the function of the campaign does without. */
const PRELOAD = { NODE_OPTIONS: `--import ${path.resolve('test/chaos/preload.mjs')}` };

/** What a stage has to know of a plan. */
export type StagePlan = Omit<EnvironmentPlan, 'puts' | 'steps' | 'killExtensionAfterMs'>;

export interface StageOptions {
  plan: StagePlan;
  programs: Programs;
  /** Its own, which must exist. */
  folder: string;
  /** Of the receiver; nobody else may have it as long as the stage lives. */
  port: number;
  s3Url: string;
  /** Another's, whose /tmp it has. */
  sharing?: Stage | undefined;
  /** Laid over the environment of function and extension. */
  env?: Record<string, string>;
  note(text: string): void;
}

/** One /tmp with the environments that follow one another in it, and what is to be known of them in the end. */
export class Stage {
  readonly processes: Processes;
  readonly #options: StageOptions;
  readonly #tmp: string;
  readonly #ledger: string;
  #neighbour: Stage | undefined;
  readonly #clock: string;
  #clockOffMs = 0;
  readonly #accounts: Account[] = [];
  // By its place, the line of a record, of which there may be several parts.
  readonly #logged = new Map<string, string>();
  /** Whether an extension of it has got as far as asking for an event. */
  extensionStarted = false;
  /** Whether its /tmp is a small disk. */
  readonly hasSmallDisk: boolean;

  constructor(options: StageOptions) {
    this.#options = options;
    const { folder, plan } = options;
    this.processes = new Processes(folder);
    this.#tmp = options.sharing === undefined ? path.join(folder, 'tmp') : options.sharing.#tmp;
    this.#ledger = path.join(folder, 'ledger.jsonl');
    this.#clock = path.join(folder, 'clock');
    mkdirSync(this.#tmp, { recursive: true });
    writeFileSync(this.#ledger, '');
    writeFileSync(this.#clock, '0');
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
        this.processes.noted('function', {
          command: process.execPath,
          args: ['--import', STEPPED_CLOCK, programs.runtime],
          folder: programs.taskRoot,
          variables: functionVariables(this.#sources(api)),
        }),
      extensionProgram: (_, api) => {
        this.#openAccount();
        return this.processes.noted('extension', {
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

  spooled(): LyingRecord[] {
    return spooledBelow(this.#tmp);
  }

  /** The event ids of the records that the extension has written to its log, for want of anything better. */
  logged(): string[] {
    return Array.from(this.#logged.values(), (line) => recordOf(line, 'the log').eventId);
  }

  /** What the function has noted so far. */
  ledger(): LedgerEntry[] {
    const lines = readFileSync(this.#ledger, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as LedgerEntry);
  }

  /** Lets the wall clock of all processes, and of what stands for Lambda, step. */
  stepClock(byMs: number): void {
    this.#clockOffMs += byMs;
    writeFileSync(this.#clock, String(this.#clockOffMs));
  }

  /**
   * Does something to the spool, of which the extension must notice nothing until it is done.
   *
   * @returns whether there was anything to do it to
   */
  vandalise(how: Vandalism): boolean {
    const everybody: Stage[] = this.#neighbour === undefined ? [this] : [this, this.#neighbour];
    const deed = everybody.reduce<() => string[] | undefined>(
      (inner, { processes }) =>
        () =>
          processes.behindTheBackOf('extension', inner),
      () => {
        const destroyed = vandalise(this.#tmp, how);
        for (const stage of everybody) if (destroyed) stage.#bookLoss(stage === this ? destroyed : []);
        return destroyed;
      },
    );
    return deed() !== undefined;
  }

  /** Of every process of the extension that there was; none of them lives any more. */
  accounts(): readonly Account[] {
    this.#closeAccount();
    return this.#accounts;
  }

  close(): void {
    unmount(this.#tmp);
  }

  #bookLoss(destroyed: string[]): void {
    const account = this.#accounts.at(-1);
    account?.destroyed.push(...destroyed);
    account?.inDoubt.push(...unanswered(this.ledger()));
  }

  #openAccount(): void {
    this.#closeAccount();
    const spoolAtStart = this.spooled().length;
    this.#accounts.push({
      spoolAtStart,
      spoolAtEnd: spoolAtStart,
      shared: this.#neighbour !== undefined,
      destroyed: [],
      inDoubt: [],
      ledger: [],
    });
  }

  #closeAccount(): void {
    const last = this.#accounts.at(-1);
    if (last === undefined) return;
    last.spoolAtEnd = this.spooled().length;
    const before = this.#accounts.slice(0, -1).reduce((sum, { ledger }) => sum + ledger.length, 0);
    last.ledger = this.ledger().slice(before);
  }

  #readLog(line: string): void {
    if (line.startsWith('EXTENSION\tName: inference-capture\tState: Ready\t')) this.extensionStarted = true;
    if (!line.includes('"source":"inference-capture"')) return;
    if (line.includes('"shutdownReason"')) this.#accounts.at(-1)!.stats = JSON.parse(line) as Stats;
    if (!line.includes('"a record that could not be delivered"')) return;
    const { key, line: number, text } = JSON.parse(line) as { key: string; line: number; text: string };
    const place = `${key} ${number}`;
    this.#logged.set(place, (this.#logged.get(place) ?? '') + text);
  }

  #sources(runtimeApi: string) {
    const { plan, port, s3Url, programs, env } = this.#options;
    const { room } = plan;
    const spoolBytes = room.kind === 'plenty' || this.hasSmallDisk ? 134_217_728 : room.bytes;
    return {
      template: { functionName: FUNCTION_NAME, handler: 'index.handler', memoryMb: 512, variables: {} },
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
        CAPTURE_SPOOL_BYTES: String(spoolBytes),
        ...(plan.lastResort && { CAPTURE_LAST_RESORT: 'log' }),
        CHAOS_LEDGER: this.#ledger,
        CLOCK_STEP: this.#clock,
        NODE_COMPILE_CACHE: programs.compileCache,
        ...env,
      },
    };
  }
}
