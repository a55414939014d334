/** When a breaker opens, and for how long. */
export interface BreakerPolicy {
  /** Failures in a row that open it. */
  threshold: number;
  /** How long it stays open at first, in milliseconds; each failed trial doubles it. */
  openMs: number;
  /** The longest that it stays open, in milliseconds. */
  maxOpenMs: number;
}

/** The state of a circuit breaker. `openUntilMs` is on the clock that the caller passes in. */
export interface Breaker {
  failures: number;
  openUntilMs: number;
}

export const CLOSED: Breaker = { failures: 0, openUntilMs: 0 };

/** Whether a call may be tried now. Once the breaker has been open for its time, every call is a trial until one ends. */
export function admits(breaker: Breaker, nowMs: number): boolean {
  return nowMs >= breaker.openUntilMs;
}

/** The state after a failed call. A success leads back to {@link CLOSED}. */
export function afterFailure(breaker: Breaker, policy: BreakerPolicy, nowMs: number): Breaker {
  const failures = breaker.failures + 1;
  if (failures < policy.threshold) return { failures, openUntilMs: 0 };
  const openMs = Math.min(policy.maxOpenMs, policy.openMs * 2 ** (failures - policy.threshold));
  return { failures, openUntilMs: nowMs + openMs };
}

/** The state after a failure that no repetition will mend: the breaker is open for the longest time at once. */
export function afterPermanentFailure(breaker: Breaker, policy: BreakerPolicy, nowMs: number): Breaker {
  const failures = Math.max(breaker.failures + 1, policy.threshold);
  return { failures, openUntilMs: nowMs + policy.maxOpenMs };
}
