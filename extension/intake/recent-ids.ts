/** Remembers something about each of the last `limit` ids. */
export class RecentIds<T> {
  readonly #limit: number;
  readonly #known = new Map<string, T>();
  /** The ids in the order in which they came: a ring, once it is full. */
  readonly #order: string[] = [];
  #oldest = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  set(id: string, known: T): void {
    if (!this.#known.has(id)) this.#enter(id);
    this.#known.set(id, known);
  }

  get(id: string): T | undefined {
    return this.#known.get(id);
  }

  #enter(id: string): void {
    if (this.#order.length < this.#limit) {
      this.#order.push(id);
      return;
    }
    this.#known.delete(this.#order[this.#oldest]!);
    this.#order[this.#oldest] = id;
    this.#oldest = (this.#oldest + 1) % this.#limit;
  }
}
