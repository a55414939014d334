/** Remembers the last `limit` ids. */
export class RecentIds {
  readonly #limit: number;
  readonly #ids = new Set<string>();
  /** The same, in the order in which they came: a ring, once it is full. */
  readonly #order: string[] = [];
  #oldest = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(id: string): void {
    if (this.#ids.has(id)) return;
    if (this.#order.length < this.#limit) {
      this.#order.push(id);
    } else {
      this.#ids.delete(this.#order[this.#oldest]!);
      this.#order[this.#oldest] = id;
      this.#oldest = (this.#oldest + 1) % this.#limit;
    }
    this.#ids.add(id);
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }
}
