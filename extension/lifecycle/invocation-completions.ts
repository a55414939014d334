import { RecentIds } from '../intake/recent-ids.ts';

/** The sign that the function has done its work on an invocation: its record, or Lambda's telemetry. */
export type CompletionSignal = 'record' | 'runtimeDone';

/** Knows which invocations are complete, and waits for those that are not. A signal may come before anybody waits for it. */
export class InvocationCompletions {
  readonly #complete = new RecentIds<true>(100);
  readonly #waiting = new Map<string, (signal: CompletionSignal) => void>();
  #telemetry = false;
  #withoutRecord = 0;

  /** The function has posted the record of a request: it does so just before it answers. */
  recordCame(requestId: string): void {
    this.#withoutRecord = 0;
    this.#signal(requestId, 'record');
  }

  /** Lambda says that the runtime is done with a request, some 25 ms after it was. */
  runtimeDone(requestId: string): void {
    this.#telemetry = true;
    this.#signal(requestId, 'runtimeDone');
  }

  /** Whether telemetry will tell of the end of the next invocation. It will if it did so the last time. */
  get telemetry(): boolean {
    return this.#telemetry;
  }

  /** Invocations in a row that were waited for and brought no record. */
  get withoutRecord(): number {
    return this.#withoutRecord;
  }

  /** Waits until an invocation is complete, `withinMs` milliseconds at most. With 0 nobody waits, and nothing is learned. */
  async wait(requestId: string, withinMs: number): Promise<void> {
    if (withinMs <= 0 || this.#complete.get(requestId)) return;
    const signal = await this.#next(requestId, withinMs);
    if (signal !== 'record') this.#withoutRecord += 1;
    if (signal === undefined) this.#telemetry = false;
  }

  #signal(requestId: string, signal: CompletionSignal): void {
    this.#complete.set(requestId, true);
    this.#waiting.get(requestId)?.(signal);
  }

  #next(requestId: string, withinMs: number): Promise<CompletionSignal | undefined> {
    return new Promise((resolve) => {
      const settle = (signal?: CompletionSignal) => {
        clearTimeout(timer);
        this.#waiting.delete(requestId);
        resolve(signal);
      };
      const timer = setTimeout(settle, withinMs);
      this.#waiting.set(requestId, settle);
    });
  }
}
