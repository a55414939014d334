import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Stats } from '../../capture/wire.ts';
import { systemClock } from '../../emulator/environment/clock.ts';
import { Environment } from '../../emulator/environment/environment.ts';
import { extensionVariables, functionArn, functionVariables } from '../../emulator/environment/variables.ts';
import type { LedgerEntry } from './function.ts';
import type { EnvironmentPlan } from './plan.ts';
import { Processes } from './processes.ts';
import type { Programs } from './programs.ts';
import { mountSmallDisk, unmount } from './small-disk.ts';
import { type LyingRecord, recordOf, recordsBelow } from './spool-files.ts';
import type { Account } from './verdict.ts';

const FUNCTION_NAME = 'Chaos';
export const BUCKET = 'inference-capture';

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
  readonly #accounts: Account[] = [];
  // By its place, the line of a record, of which there may be several parts.
  readonly #logged = new Map<string, string>();
  /** Whether its /tmp is a small disk. */
  readonly hasSmallDisk: boolean;

  constructor(options: StageOptions) {
    this.#options = options;
    const { folder, plan } = options;
    this.processes = new Processes(folder);
    this.#tmp = path.join(folder, 'tmp');
    this.#ledger = path.join(folder, 'ledger.jsonl');
    mkdirSync(this.#tmp, { recursive: true });
    writeFileSync(this.#ledger, '');
    this.hasSmallDisk = plan.room.kind === 'disk' && mountSmallDisk(this.#tmp, plan.room.bytes);
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
          args: [programs.runtime],
          folder: programs.taskRoot,
          variables: functionVariables(this.#sources(api)),
        }),
      extensionProgram: (_, api) => {
        this.#openAccount();
        return this.processes.noted('extension', {
          command: programs.extension,
          args: [],
          folder: '/',
          variables: extensionVariables(this.#sources(api)),
        });
      },
      log: (line) => {
        note(line);
        this.#readLog(line);
      },
      clock: systemClock,
    });
  }

  spooled(): LyingRecord[] {
    return recordsBelow(path.join(this.#tmp, 'inference-capture'));
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

  /** Of every process of the extension that there was; none of them lives any more. */
  accounts(): readonly Account[] {
    this.#closeAccount();
    return this.#accounts;
  }

  close(): void {
    unmount(this.#tmp);
  }

  #openAccount(): void {
    this.#closeAccount();
    const spoolAtStart = this.spooled().length;
    this.#accounts.push({ spoolAtStart, spoolAtEnd: spoolAtStart, ledger: [] });
  }

  #closeAccount(): void {
    const last = this.#accounts.at(-1);
    if (last === undefined) return;
    last.spoolAtEnd = this.spooled().length;
    const before = this.#accounts.slice(0, -1).reduce((sum, { ledger }) => sum + ledger.length, 0);
    last.ledger = this.ledger().slice(before);
  }

  #readLog(line: string): void {
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
      capturePort: port,
      logStreamName: 'chaos',
      nodeFolder: path.dirname(process.execPath),
      overlay: {
        CAPTURE_DESTINATION: `s3://${BUCKET}`,
        CAPTURE_BATCH_RECORDS: String(plan.batchRecords),
        CAPTURE_BATCH_AGE_MS: String(plan.batchAgeMs),
        CAPTURE_FLUSH_BUDGET_MS: String(plan.flushBudgetMs),
        CAPTURE_SPOOL_BYTES: String(spoolBytes),
        ...(plan.lastResort && { CAPTURE_LAST_RESORT: 'log' }),
        CHAOS_LEDGER: this.#ledger,
        NODE_COMPILE_CACHE: programs.compileCache,
        ...env,
      },
    };
  }
}
