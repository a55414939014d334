import { RecentIds } from './recent-ids.ts';

/** Tells when the record of an invocation has come, also when it came before anybody asked. */
export class RecordArrivals {
  readonly #seen = new RecentIds(100);
  readonly #waiting = new Map<string, () => void>();

  arrived(requestId: string): void {
    this.#seen.add(requestId);
    this.#waiting.get(requestId)?.();
  }

  /** @returns whether the record has come within `ms` milliseconds */
  within(ms: number, requestId: string): Promise<boolean> {
    if (this.#seen.has(requestId)) return Promise.resolve(true);
    if (ms <= 0) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (came: boolean) => {
        clearTimeout(timer);
        this.#waiting.delete(requestId);
        resolve(came);
      };
      const timer = setTimeout(settle, ms, false);
      this.#waiting.set(requestId, () => settle(true));
    });
  }
}
