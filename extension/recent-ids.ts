/** Remembers the last `limit` ids. */
export class RecentIds {
  readonly #limit: number;
  readonly #ids = new Set<string>();
  // One iterator for good: a new one would begin at the holes that thousands of forgotten ids have left, each time. All that it has
  // passed is forgotten, so what comes next is the oldest.
  readonly #oldest = this.#ids.values();

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(id: string): void {
    this.#ids.delete(id);
    this.#ids.add(id);
    if (this.#ids.size > this.#limit) this.#ids.delete(this.#oldest.next().value!);
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }
}
