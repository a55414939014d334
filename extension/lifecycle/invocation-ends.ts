import { RecentIds } from '../intake/recent-ids.ts';

/** What told that the function has done its work on an invocation: its record, or Lambda's telemetry. */
export type EndSign = 'record' | 'runtimeDone';

/** Tells when an invocation has come to its end, also when that was before anybody asked. */
export class InvocationEnds {
  readonly #seen = new RecentIds<true>(100);
  readonly #waiting = new Map<string, (sign: EndSign) => void>();
  #telemetry = false;
  #withoutRecord = 0;

  /** The function has posted the record of a request: it does so just before it answers. */
  recordCame(requestId: string): void {
    this.#withoutRecord = 0;
    this.#arrived(requestId, 'record');
  }

  /** Lambda says that the runtime is done with a request, some 25 ms after it was. */
  runtimeDone(requestId: string): void {
    this.#telemetry = true;
    this.#arrived(requestId, 'runtimeDone');
  }

  /** Whether the end of an invocation is sure to be told: it was the last time. */
  get telemetry(): boolean {
    return this.#telemetry;
  }

  /** Invocations in a row that were waited for and brought no record. */
  get withoutRecord(): number {
    return this.#withoutRecord;
  }

  /** Waits for the first sign of an invocation's end, `ms` milliseconds at most. 0: nobody waits, and nothing is learned. */
  async within(ms: number, requestId: string): Promise<void> {
    if (ms <= 0 || this.#seen.get(requestId)) return;
    const sign = await this.#wait(ms, requestId);
    if (sign !== 'record') this.#withoutRecord += 1;
    if (sign === undefined) this.#telemetry = false;
  }

  #arrived(requestId: string, sign: EndSign): void {
    this.#seen.set(requestId, true);
    this.#waiting.get(requestId)?.(sign);
  }

  #wait(ms: number, requestId: string): Promise<EndSign | undefined> {
    return new Promise((resolve) => {
      const settle = (sign?: EndSign) => {
        clearTimeout(timer);
        this.#waiting.delete(requestId);
        resolve(sign);
      };
      const timer = setTimeout(settle, ms);
      this.#waiting.set(requestId, settle);
    });
  }
}
