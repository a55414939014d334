/** What the decisions rest on. Times are milliseconds on a clock that goes on while the environment is frozen. */
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
  /** Whether the destination is worth trying. */
  destinationReady: boolean;
}

/** Invocations whose times are remembered. */
export const REMEMBERED_INVOCATIONS = 9;

/**
 * Whether to deliver after this invocation, before asking for the next event.
 *
 * Between invocations the environment is frozen and nothing can be delivered. So: yes if a batch is finished, and yes if the open one
 * would be older than `batchAgeMs` by the time that the next invocation can be expected, which is the mean gap of the last ones from
 * now. Rare traffic is thus delivered after each invocation, busy traffic in batches. Never while the destination is down.
 */
export function shouldFlush(state: FlushState): boolean {
  const { nowMs, invocationsMs, sealedSegments, openedMs, batchAgeMs, destinationReady } = state;
  if (!destinationReady) return false;
  if (sealedSegments > 0) return true;
  if (openedMs === undefined) return false;
  const gaps = invocationsMs.length - 1;
  const expectedGapMs = gaps < 1 ? Number.POSITIVE_INFINITY : (invocationsMs[gaps]! - invocationsMs[0]!) / gaps;
  return nowMs - openedMs + expectedGapMs >= batchAgeMs;
}

/** Invocations in a row that brought no record, after which none is expected until one comes. */
export const PATIENCE = 3;

/** What the wait for an invocation's end rests on, besides. */
export interface WaitState extends FlushState {
  /** Lambda tells when the function is done. */
  telemetry: boolean;
  /** Invocations in a row that brought no record. */
  withoutRecord: number;
  /** Most milliseconds that the extension may prolong an invocation. */
  budgetMs: number;
  /** Until the function times out, less a margin. */
  leftMs: number;
}

/**
 * How long to wait for the end of this invocation before delivering, in milliseconds. 0 if nothing will be due by then: a record may
 * come, unless the function has stopped sending any.
 *
 * While the function works, waiting prolongs nothing. With telemetry its end is sure to be told, so the wait may last as long as the
 * invocation; without, the record may never come, and the wait is what the invocation could be prolonged by.
 */
export function endWaitMs(state: WaitState): number {
  const { nowMs, openedMs, withoutRecord, telemetry, budgetMs, leftMs } = state;
  const expectedMs = withoutRecord < PATIENCE ? nowMs : undefined;
  if (!shouldFlush({ ...state, openedMs: openedMs ?? expectedMs })) return 0;
  return Math.max(0, telemetry ? leftMs : Math.min(budgetMs, leftMs));
}

/** Whether to deliver in an environment that is never frozen, where nothing needs to be done ahead of time. */
export function shouldFlushByTimer(state: Omit<FlushState, 'invocationsMs'>): boolean {
  return shouldFlush({ ...state, invocationsMs: [0, 0] });
}
