import {
  DROP_REASONS,
  type DropReason,
  type LossCounts,
  NOT_CAPTURED_REASONS,
  type NotCapturedCounts,
  type NotCapturedReason,
} from '../../capture/wire.ts';

/** What became of the records, since the process started. */
export class Counters {
  received = 0;
  recovered = 0;
  delivered = 0;
  logged = 0;
  readonly dropped = Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0])) as Record<DropReason, number>;
  /** What senders told of, which is not received. Reasons without any are absent. */
  notCaptured: NotCapturedCounts = {};
  readonly #onLoss: () => void;
  #unreported: LossCounts | undefined;

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
    if (reason === 'DUPLICATE') return; // it counts as another post of the same record: nothing is missing
    this.#onLoss();
    this.#unreported = sum(this.#unreported, { [reason]: records });
  }

  /**
   * What the line of a record tells: the losses that no line has told of yet.
   *
   * @param told by the sender, with this record
   * @param found what the record itself counts as, where it has been counted as lost: that is taken back
   */
  toReport(told?: NotCapturedCounts, found?: DropReason | NotCapturedReason): LossCounts | undefined {
    if (!told && !found) return this.#unreported;
    return sum(this.#unreported, told, found && { [found]: -1 });
  }

  /**
   * Counts a record that is stored.
   *
   * @param reported what its line tells, which is what {@link toReport} said for the same `told` and `found`. What has been lost since is still to be told
   */
  store(reported: LossCounts | undefined, told?: NotCapturedCounts, found?: DropReason | NotCapturedReason): void {
    this.received += 1;
    this.miss(told);
    if (found !== undefined) this.#find(found);
    if (reported !== undefined) this.#unreported = sum(this.#unreported, negative(reported));
  }

  /** Counts records that a sender could not hand over. */
  miss(records: NotCapturedCounts | undefined): void {
    if (records === undefined) return;
    this.notCaptured = sum(this.notCaptured, records) ?? {};
    this.#unreported = sum(this.#unreported, records);
  }

  /** Takes back the count of a loss. */
  #find(reason: DropReason | NotCapturedReason): void {
    if (isNotCaptured(reason)) {
      this.miss({ [reason]: -1 });
      return;
    }
    this.dropped[reason] -= 1; // the record came twice, and the first time counts as a duplicate of the second
    this.dropped.DUPLICATE += 1;
    this.#unreported = sum(this.#unreported, { [reason]: -1 });
  }
}

function isNotCaptured(reason: DropReason | NotCapturedReason): reason is NotCapturedReason {
  return (NOT_CAPTURED_REASONS as readonly string[]).includes(reason);
}

type Counts<Reason extends string> = Partial<Record<Reason, number>>;

/** @returns undefined where all come to 0 */
function sum<Reason extends string>(...all: (Counts<Reason> | undefined)[]): Counts<Reason> | undefined {
  const total: Counts<Reason> = {};
  for (const [reason, records] of all.flatMap((counts) => Object.entries(counts ?? {}) as [Reason, number][])) {
    const count = (total[reason] ?? 0) + records;
    if (count === 0) delete total[reason];
    else total[reason] = count;
  }
  return Object.keys(total).length > 0 ? total : undefined;
}

function negative<Reason extends string>(counts: Counts<Reason>): Counts<Reason> {
  return Object.fromEntries(
    Object.entries(counts).map(([reason, records]) => [reason, -(records as number)]),
  ) as Counts<Reason>;
}
