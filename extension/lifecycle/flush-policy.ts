/** When records are delivered: CAPTURE_FLUSH_STRATEGY. docs/configuration.md says what each costs. */
export type FlushStrategy =
  | { kind: 'adaptive' }
  | { kind: 'end' }
  | { kind: 'periodically'; intervalMs: number }
  | { kind: 'at-shutdown' };

/** What the decisions rest on. Times are milliseconds on a clock that goes on while the environment is frozen. */
export interface FlushState {
  strategy: FlushStrategy;
  nowMs: number;
  /** When the last invocations came, oldest first, the present one included. */
  invocationsMs: readonly number[];
  /** Finished batches that wait. */
  sealedSegments: number;
  /** When the open batch got its first record, if there is one. */
  openedMs: number | undefined;
  /** The age at which a batch is finished. Only `adaptive` looks at it. */
  batchAgeMs: number;
  /** When a delivery last left nothing behind; undefined until the first does. */
  deliveredMs: number | undefined;
  /** The spool may soon have no room for a record, or had none. */
  spoolShort: boolean;
  /** Whether the destination is worth trying. */
  destinationReady: boolean;
}

/** Invocations whose times are remembered. */
export const REMEMBERED_INVOCATIONS = 9;

/**
 * Whether to deliver after this invocation, before asking for the next event. Between invocations the environment is frozen and nothing can be
 * delivered. Never while the destination is down.
 *
 * - `adaptive`: where a batch is finished, or the open one would grow too old before the next invocation ({@link growsTooOld}).
 * - `end`: after each invocation.
 * - `periodically`: where the last delivery was `intervalMs` ago or there has been none. A delivery that left something behind goes on after
 *   the next invocation.
 * - `at-shutdown`: not before SHUTDOWN.
 *
 * The last two deliver early where the spool is short of room: no record is refused for want of room that a delivery could have made.
 */
export function shouldFlush(state: FlushState): boolean {
  const { strategy, nowMs, sealedSegments, openedMs, deliveredMs, spoolShort, destinationReady } = state;
  const isEmpty = sealedSegments === 0 && openedMs === undefined;
  if (isEmpty || !destinationReady) return false;
  switch (strategy.kind) {
    case 'adaptive':
      return sealedSegments > 0 || growsTooOld(state);
    case 'end':
      return true;
    case 'periodically':
      return spoolShort || deliveredMs === undefined || nowMs - deliveredMs >= strategy.intervalMs;
    case 'at-shutdown':
      return spoolShort;
  }
}

/**
 * Whether the open batch would be older than `batchAgeMs` by the time that the next invocation can be expected, which is the mean gap of the
 * last ones from now. So rare traffic is delivered after each invocation, and busy traffic in batches.
 */
function growsTooOld({ nowMs, invocationsMs, openedMs, batchAgeMs }: FlushState): boolean {
  if (openedMs === undefined) return false;
  const gaps = invocationsMs.length - 1;
  const expectedGapMs = gaps < 1 ? Number.POSITIVE_INFINITY : (invocationsMs[gaps]! - invocationsMs[0]!) / gaps;
  return nowMs - openedMs + expectedGapMs >= batchAgeMs;
}

/** Invocations in a row that brought no record, after which none is expected until one comes. */
export const MAX_WITHOUT_RECORD = 3;

/** What the wait for the end of an invocation rests on, besides. */
export interface WaitState extends FlushState {
  /** Lambda's telemetry tells when the function is done. */
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
 * come, unless the function has stopped sending any, and an interval may pass.
 *
 * While the function works, waiting prolongs nothing. With telemetry its end is sure to be told, so the wait may last as long as the
 * invocation. Without, the record may never come, and the wait may prolong the invocation, by the budget at most.
 */
export function completionWaitMs(state: WaitState): number {
  const { strategy, nowMs, openedMs, withoutRecord, telemetry, budgetMs, leftMs } = state;
  const mostMs = Math.max(0, telemetry ? leftMs : Math.min(budgetMs, leftMs));
  const expectedMs = withoutRecord < MAX_WITHOUT_RECORD ? nowMs : undefined;
  const endMs = strategy.kind === 'periodically' ? nowMs + mostMs : nowMs;
  return shouldFlush({ ...state, nowMs: endMs, openedMs: openedMs ?? expectedMs }) ? mostMs : 0;
}

/** Whether to deliver in an environment that is never frozen, where nothing needs to be done ahead of time. */
export function shouldFlushByTimer(state: Omit<FlushState, 'invocationsMs'>): boolean {
  return shouldFlush({ ...state, invocationsMs: [0, 0] });
}
