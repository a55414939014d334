import { DROP_REASONS, type DropReason } from '../capture/wire.ts';

/** What became of the records, since the process started. */
export class Counters {
  received = 0;
  recovered = 0;
  delivered = 0;
  readonly dropped = Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0])) as Record<DropReason, number>;

  /** Counts records that came in and are lost. */
  refuse(reason: DropReason, records = 1): void {
    this.received += records;
    this.dropped[reason] += records;
  }
}
