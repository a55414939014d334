import { DROP_REASONS, type DropCounts, type DropReason } from '../capture/wire.ts';

/** What became of the records, since the process started. */
export class Counters {
  received = 0;
  recovered = 0;
  delivered = 0;
  logged = 0;
  readonly dropped = Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0])) as Record<DropReason, number>;
  readonly #onLoss: () => void;
  #unreported: DropCounts | undefined;

  /** @param onLoss called when records are counted that are in no object */
  constructor(onLoss: () => void = () => {}) {
    this.#onLoss = onLoss;
  }

  /** Counts a record that came in and is not taken. */
  refuse(reason: DropReason): void {
    this.received += 1;
    this.lose(reason, 1);
  }

  /** Counts records that had been taken and are lost. */
  lose(reason: DropReason, records: number): void {
    if (records === 0) return;
    this.dropped[reason] += records;
    if (reason === 'DUPLICATE') return; // it is in another object: nothing is missing
    this.#onLoss();
    this.#unreported = { ...this.#unreported, [reason]: (this.#unreported?.[reason] ?? 0) + records };
  }

  /** The losses that no stored line has told of yet. */
  get unreported(): DropCounts | undefined {
    return this.#unreported;
  }

  /** A stored line has told of them all. */
  reported(): void {
    this.#unreported = undefined;
  }
}
