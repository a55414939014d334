/** What the decision rests on. Times are milliseconds since the epoch. */
export interface FlushState {
  nowMs: number;
  /** When the last invocations came, oldest first, the present one included. */
  invocationsMs: readonly number[];
  /** Finished batches that wait. */
  sealedSegments: number;
  /** When the open batch got its first record, if there is one. */
  openedMs: number | undefined;
  /** The age at which a batch is finished. */
  batchAgeMs: number;
}

/** Invocations whose times are remembered. */
export const REMEMBERED_INVOCATIONS = 9;

/**
 * Whether to deliver after this invocation, before asking for the next event.
 *
 * Between invocations the environment is frozen and nothing can be delivered. So: yes if a batch is finished, and yes if the open one
 * would be older than `batchAgeMs` by the time that the next invocation can be expected, which is the mean gap of the last ones from
 * now. Rare traffic is thus delivered after each invocation, busy traffic in batches.
 */
export function shouldFlush({ nowMs, invocationsMs, sealedSegments, openedMs, batchAgeMs }: FlushState): boolean {
  if (sealedSegments > 0) return true;
  if (openedMs === undefined) return false;
  const gaps = invocationsMs.length - 1;
  const expectedGapMs = gaps < 1 ? Number.POSITIVE_INFINITY : (invocationsMs[gaps]! - invocationsMs[0]!) / gaps;
  return nowMs - openedMs + expectedGapMs >= batchAgeMs;
}

/** Invocations in a row that brought no record, after which none is waited for until one comes. */
export const PATIENCE = 3;

/**
 * How long to wait for this invocation's record, in milliseconds: only while a delivery may be due, never longer than the flush
 * budget, and not at all for a function that has stopped sending records.
 */
export function recordWaitMs(flushExpected: boolean, invocationsWithoutRecord: number, budgetMs: number): number {
  return flushExpected && invocationsWithoutRecord < PATIENCE ? budgetMs : 0;
}
