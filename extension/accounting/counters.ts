import {
  DROP_REASONS,
  type DropReason,
  LEFT_OUT_REASONS,
  type LeftOutReason,
  type LossCounts,
  NOT_CAPTURED_REASONS,
  type NotCapturedCounts,
  type NotCapturedReason,
} from '../../capture/wire.ts';

/** Most rules that are counted by name: as many as a policy may have. Later versions may have others. */
const MOST_RULES = 100;
/** The rules beyond. No rule has such a name. */
const OTHER_RULES = '(others)';

/**
 * What became of the records, since the process started.
 *
 * Invariant: `received` is the sum of `delivered`, `logged`, all of `dropped`, all of `leftOut`, and what is in the spool.
 */
export class Counters {
  received = 0;
  recovered = 0;
  delivered = 0;
  logged = 0;
  readonly dropped = zeros(DROP_REASONS);
  /** What the policy did not keep. */
  readonly leftOut = zeros(LEFT_OUT_REASONS);
  /** What senders reported as lost, which is not received. Reasons without any are absent. */
  notCaptured: NotCapturedCounts = {};
  /** How often each rule of the redaction has struck, by its name. */
  readonly redacted: Record<string, number> = {};
  readonly #onLoss: () => void;
  /** Losses that no stored line has reported yet. */
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
   * What the line of a record reports: the losses that no line has reported yet.
   *
   * @param reported by the sender, with this record
   * @param countedAs the loss that this record has counted as until now; the line takes it back
   */
  toReport(reported?: NotCapturedCounts, countedAs?: DropReason | NotCapturedReason): LossCounts | undefined {
    if (!reported && !countedAs) return this.#unreported;
    return sum(this.#unreported, reported, countedAs && { [countedAs]: -1 });
  }

  /**
   * Counts a record that is stored.
   *
   * @param inLine what its line reports: what {@link toReport} gave for the same record. What has been lost since then is still to be reported
   */
  store(
    inLine: LossCounts | undefined,
    reported?: NotCapturedCounts,
    countedAs?: DropReason | NotCapturedReason,
  ): void {
    this.#take(reported, countedAs);
    if (inLine !== undefined) this.#unreported = sum(this.#unreported, negative(inLine));
  }

  /** Counts a record that the policy leaves out. It has no line, so the next stored line reports what came with it. */
  leaveOut(reason: LeftOutReason, reported?: NotCapturedCounts, countedAs?: DropReason | NotCapturedReason): void {
    this.#take(reported, countedAs);
    this.leftOut[reason] += 1;
  }

  /** Counts records that a sender could not hand over. */
  miss(records: NotCapturedCounts | undefined): void {
    if (records === undefined) return;
    this.notCaptured = sum(this.notCaptured, records) ?? {};
    this.#unreported = sum(this.#unreported, records);
  }

  /** Counts what the policy has redacted in something that is stored. */
  redact(struck: Readonly<Record<string, number>> = {}): void {
    for (const [rule, times] of Object.entries(struck)) {
      const isNamed = (name: string) => Object.hasOwn(this.redacted, name);
      const name = isNamed(rule) || Object.keys(this.redacted).length < MOST_RULES ? rule : OTHER_RULES;
      this.redacted[name] = (isNamed(name) ? this.redacted[name]! : 0) + times;
    }
  }

  #take(reported: NotCapturedCounts | undefined, countedAs: DropReason | NotCapturedReason | undefined): void {
    this.received += 1;
    this.miss(reported);
    if (countedAs !== undefined) this.#takeBack(countedAs);
  }

  /** Takes back the count of a loss: the record is there after all. */
  #takeBack(reason: DropReason | NotCapturedReason): void {
    if (isNotCaptured(reason)) {
      this.miss({ [reason]: -1 });
      return;
    }
    this.dropped[reason] -= 1; // the record came twice, and the first time counts as a duplicate of the second
    this.dropped.DUPLICATE += 1;
    this.#unreported = sum(this.#unreported, { [reason]: -1 });
  }
}

/** The reasons that have any records. */
export function presentReasons<Reason extends string>(counts: Record<Reason, number>): Partial<Record<Reason, number>> {
  return Object.fromEntries(Object.entries<number>(counts).filter(([, records]) => records > 0)) as Counts<Reason>;
}

function zeros<Reason extends string>(reasons: readonly Reason[]): Record<Reason, number> {
  return Object.fromEntries(reasons.map((reason) => [reason, 0])) as Record<Reason, number>;
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
